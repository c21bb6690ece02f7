/**
 * What to put into prometheus.yml, ready to paste below `scrape_configs:`.
 * @param address host and port that Prometheus reaches, such as "localhost:10877"
 */
export const prometheusSnippet = (address: string, { scheme = 'http', authorized = false }: { readonly scheme?: 'http' | 'https'; readonly authorized?: boolean } = {}): string =>
  [
    '  - job_name: watchroom',
    '    scrape_interval: 15s',
    ...(scheme === 'https' ? ['    scheme: https'] : []),
    ...(authorized ? ['    basic_auth: {username: YOUR_USER, password_file: /etc/prometheus/watchroom.password}'] : []),
    '    static_configs:',
    `      - targets: ['${address}']`,
    '',
  ].join('\n');

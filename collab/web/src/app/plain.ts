/** A message as one line of plain words: Markdown's marks are left out, where a line of it stands alone. */
export const plain = (message: string): string =>
  message.replace(/```\w*/g, ' ').replace(/^\s{0,3}(?:#{1,6}|>|[-*+])\s+/gm, '').replace(/\[([^\]]+)\]\([^)\s]+\)/g, '$1').replace(/(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1/g, '$2').replace(/\s+/g, ' ').trim();

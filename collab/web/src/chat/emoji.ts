/** The reactions the page offers; any other that a client sends is shown by its name. */
export const emojis: Readonly<Record<string, string>> = { '+1': '👍', thumbsup: '👍', '-1': '👎', heart: '❤️', tada: '🎉', eyes: '👀', rocket: '🚀', white_check_mark: '✅', thinking_face: '🤔', smile: '😄', pray: '🙏', fire: '🔥' };
export const offered = ['+1', 'eyes', 'white_check_mark', 'heart', 'tada', 'thinking_face'] as const;
export const emojiOf = (name: string): string => emojis[name] ?? `:${name}:`;

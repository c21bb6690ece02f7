/** What a sample session can be made to do, in whatever form its tool keeps it. Times are epoch ms. */
export interface DemoSession {
  readonly id: string;
  /** A person asks for something. */
  readonly ask: (at: number, words: string) => void;
  /** The model works a step: calls a tool, which answers. */
  readonly step: (at: number, step: DemoStep) => void;
  /** The model answers and it is the person's turn. */
  readonly answer: (at: number, words: string, tokens: DemoTokens) => void;
}

export interface DemoStep {
  readonly tool: 'read' | 'edit' | 'run';
  /** Path in the repository, or the command. */
  readonly on: string;
  /** What the tool said; told as a failure when `failed`. */
  readonly said: string;
  readonly failed?: true;
  /** Lines as an edit replaces them. */
  readonly from?: string;
  readonly to?: string;
  readonly tokens: DemoTokens;
}

/** Of one request: what is new in the context and what the model wrote. What was there before is read from the cache. */
export interface DemoTokens {
  readonly added: number;
  readonly output: number;
}

import type { Work } from '../../store/open.ts';
import type { PostTable } from '../../store/rooms-schema.ts';
import { statement } from '../../store/statement.ts';
import { wordsOf } from './words.ts';

type Said = Pick<PostTable, 'id' | 'room_id' | 'message' | 'create_at'>;

/** Keeps the words of a post, by which search finds it. */
export const keepWords = async (work: Work, { id, room_id, message, create_at }: Said): Promise<void> => {
  const words = wordsOf(message);
  for (let from = 0; from < words.length; from += atOnce) {
    const some = words.slice(from, from + atOnce);
    await keepSome(some.length)(work, { post_id: id, room_id, create_at, ...Object.fromEntries(some.map((word, place) => [place, word])) });
  }
};

const atOnce = 100;

interface Kept {
  readonly post_id: string;
  readonly room_id: string;
  readonly create_at: number;
  /** The words, by their places. */
  readonly [place: number]: string;
}

const statements: ReturnType<typeof keeping>[] = [];

/** As many words as a post has, so many places has the statement. */
const keepSome = (count: number): ReturnType<typeof keeping> => (statements[count] ??= keeping(count));

const keeping = (count: number) => statement((work: Work, kept: Kept) =>
  work.insertInto('post_words').values(Array.from({ length: count }, (_none, place) => ({ word: kept[place]!, post_id: kept.post_id, room_id: kept.room_id, create_at: kept.create_at }))));

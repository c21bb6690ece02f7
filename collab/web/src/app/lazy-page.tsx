import { lazy, useState } from 'react';
import type { ComponentType } from 'react';

interface LazyPage<Props extends object> {
  readonly Page: ComponentType<Props>;
  readonly load: () => Promise<unknown>;
}

/** A page that is loaded when somebody goes there. One that is there already is drawn at once: React would wait a third of a second for one that it had to wait for at all. */
export const lazyPage = <Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPage<Props> => {
  let there: ComponentType<Props> | undefined;
  const come = async (): Promise<{ readonly default: ComponentType<Props> }> => ({ default: there = await load() });
  const Later = lazy(come);
  const Page = (props: Props) => {
    const [Drawn] = useState(() => there ?? Later);
    return <Drawn {...props} />;
  };
  return { Page, load: come };
};

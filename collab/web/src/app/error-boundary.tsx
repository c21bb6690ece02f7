import { Component } from 'react';
import type { ReactNode } from 'react';

/** A part of the page that broke says so and offers a way on; the rest stays. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error?: Error }> {
  override state: { readonly error?: Error } = {};

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    // A chunk that is gone means that the hub was updated under an open page.
    const outdated = /dynamically imported module|Importing a module script/.test(error.message);
    return <main className="alone" role="alert"><h1>{outdated ? 'There is a newer version of this page' : 'This page broke'}</h1><p className="soft">{outdated ? 'The hub was updated while it was open.' : error.message}</p><p><button type="button" className="button main" onClick={() => location.reload()}>Load it again</button></p></main>;
  }
}

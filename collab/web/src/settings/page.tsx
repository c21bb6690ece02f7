export default function Page(_props: Record<string, unknown>) { return <main className="alone" id="main"><h1>settings</h1></main>; }

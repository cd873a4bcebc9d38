/** The whole page. */
export function App() {
  return <main>panocam</main>;
}

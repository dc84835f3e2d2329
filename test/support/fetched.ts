/** What a server answered, read to its end: a body that nobody reads keeps its connection, and jest's worker with it. */
export async function fetched(url: string): Promise<Response> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer;
}

// Fetches packed parameters (`dashboard.parts.served`) once, and keeps them by the hash of their content.
const STORE = "digit-lab-networks";
const KEPT = 6;  // networks; the one that came first goes first
const TRIES = 4, WAIT = 400;  // milliseconds before the second try; before each further one twice as long
const coming = new Map();  // promises, by hash: asked for twice meanwhile, they are fetched once

// -> ArrayBuffer. Fails where the server has it no more, or cannot be reached.
export function fetchParameters({ url, hash, bytes }) {
  if (!coming.has(hash)) {
    const over = () => coming.delete(hash);  // megabytes: whoever needs them longer keeps them
    coming.set(hash, found({ url, hash, bytes }));
    coming.get(hash).then(over, over);
  }
  return coming.get(hash);
}

async function found({ url, hash, bytes }) {
  const store = await opened();
  const key = `https://parameters.digit-lab/${hash}`;  // an entry's name has to be an address; nothing is fetched from it
  const kept = await (await store?.match(key))?.arrayBuffer();
  if (kept?.byteLength === bytes) return kept;
  const buffer = await fetched(url, bytes);
  await keep(store, key, buffer);
  return buffer;
}

// A page can lie one step below what the server calls its root, and what is not there is answered by the page itself.
async function fetched(url, bytes) {
  const below = url.replace(/^\//, "");
  const addresses = [new URL(below, location.href), new URL(`../${below}`, location.href)];
  for (let tried = 0; tried < TRIES; tried++) {
    if (tried) await new Promise((later) => setTimeout(later, WAIT * 2 ** (tried - 1)));
    for (const address of addresses) {
      const buffer = await get(address);
      if (buffer?.byteLength === bytes) return buffer;
    }
  }
  throw new Error(`The parameters at ${url} did not come.`);
}

async function get(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.arrayBuffer() : null;
  } catch (error) {
    if (error instanceof TypeError) return null;  // what `fetch` says of a link that is down
    throw error;
  }
}

// Only what is served safely, or from this computer, may keep things; elsewhere each visit fetches anew.
async function opened() {
  try {
    return await globalThis.caches?.open(STORE);
  } catch (error) {
    if (error instanceof DOMException) return undefined;  // storage is turned off or full
    throw error;
  }
}

async function keep(store, key, buffer) {
  try {
    await store?.put(key, new Response(buffer.slice(0)));
    const keys = (await store?.keys()) ?? [];
    await Promise.all(keys.slice(0, -KEPT).map((old) => store.delete(old)));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;  // no room: it works without
  }
}

// Reads what lies on the pad, in the browser: as `dashboard.parts.reader.read` does on the server, but for what only that knows.
import { picture } from "../../pads/raster.js";
import { judge, likeADigit } from "./doubt.js";
import { Network } from "./network.js";
import { fetchParameters } from "./parameters.js";
import { prepare } from "./preparation.js";

export class Reader {
  constructor() {
    this.network = null;
    this.geometry = null;
    this.guard = null; // {network, geometry, limits}: tells digits from what is none
    this.asked = "";
    this.onnetwork = () => {}; // another network reads from now on
    this.onguard = () => {}; // and what is no digit is told from one
  }

  // The networks to fetch, one after the other, the last of which is the one in use; what cannot be had is left to the server.
  // The guard comes after the first of them: with that there is something to read, and then something to doubt.
  async fetch(networks, guard) {
    const asked = networks.map(({ hash }) => hash).join(" ");
    if (asked === this.asked) return;
    this.asked = asked;
    this.network = null;
    for (const { name, geometry, ...place } of networks) {
      const network = await fetched(place);
      if (asked !== this.asked) return; // another network has been chosen meanwhile
      if (!network) continue;
      this.network = network;
      this.geometry = geometry;
      this.name = name;
      this.onnetwork();
      await this.fetchGuard(guard);
    }
  }

  async fetchGuard(guard) {
    if (this.guard || !guard) return;
    const { geometry, limits, ...place } = guard;
    const network = await fetched(place);
    if (!network) return;
    this.guard = { network, geometry, limits };
    this.onguard();
  }

  // The same of strokes, and the `kind` of answer that it is, null as long as there is no guard. Null where there is nothing
  // to read, or where only the server knows what to say.
  read(strokes, sheet) {
    if (!this.network || !strokes.length) return null;
    const drawn = picture(strokes, sheet);
    const { seen } = prepare(drawn, this.geometry);
    const read = seen ? this.trace(seen) : null;
    return read && { ...read, kind: this.kindOf(drawn, read) };
  }

  kindOf(drawn, { seen, probabilities }) {
    if (!this.guard) return null;
    const { network, geometry, limits } = this.guard;
    const usual = seen.length === network.sizes[0] ? seen : prepare(drawn, geometry).seen;
    return usual ? judge(likeADigit(network, usual), probabilities, limits) : null;
  }

  // What the network does with a picture that has been made ready: {seen, activations, probabilities}.
  trace(seen) {
    return this.network && seen.length === this.network.sizes[0] ? { seen, ...this.network.forward(seen) } : null;
  }
}

async function fetched(place) {
  try {
    return Network.parse(await fetchParameters(place));
  } catch (error) {
    console.warn("The network could not be fetched; the server reads.", error);
    return null;
  }
}

// Reads what lies on the pad, in the browser: as `dashboard.parts.reader.read` does on the server, but for what only that knows.
import { picture } from "../../pads/raster.js";
import { Network } from "./network.js";
import { fetchParameters } from "./parameters.js";
import { prepare } from "./preparation.js";

export class Reader {
  constructor() {
    this.network = null;
    this.geometry = null;
    this.asked = "";
    this.onnetwork = () => {}; // another network reads from now on
  }

  // The networks to fetch, one after the other, the last of which is the one in use; what cannot be had is left to the server.
  async fetch(networks) {
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
    }
  }

  // The same of strokes; null where there is nothing to read, or where only the server knows what to say.
  read(strokes, sheet) {
    if (!this.network || !strokes.length) return null;
    const { seen } = prepare(picture(strokes, sheet), this.geometry);
    return seen ? this.trace(seen) : null;
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

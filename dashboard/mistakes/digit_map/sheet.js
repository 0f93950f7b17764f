// The pictures of all digits on one sheet, fetched when the first is asked for, and crisp as the page draws digits.
const LONGER = 84;  // pixels of the page, as near as whole pixels of the picture come

export class Sheet {
  constructor(canvas) {
    this.canvas = canvas;
  }

  update(data, arrived) {
    if (data?.url === this.data?.url) return;
    this.data = data;
    this.arrived = arrived;
    this.image = null;
    if (data) {
      this.scale = Math.max(2, Math.round(LONGER / Math.max(data.width, data.height)));
      this.canvas.width = data.width;
      this.canvas.height = data.height;
      this.canvas.style.width = `${data.width * this.scale}px`;
      this.canvas.style.height = `${data.height * this.scale}px`;
    }
    this.places = data && new Uint16Array(Uint8Array.from(atob(data.at), (character) => character.charCodeAt(0)).buffer);
    this.canvas.hidden = !data;
  }

  // Whether the picture of this digit is not here.
  lacks(number) {
    return Boolean(this.data) && this.places[number] === this.data.none;
  }

  // A page can lie one step below what the server calls its root.
  fetch() {
    if (!this.data || this.image) return;
    const below = this.data.url.replace(/^\//, ""), image = new Image();
    image.onload = () => this.image === image && this.arrived();
    image.onerror = () => {
      image.onerror = null;
      image.src = new URL(`../${below}`, location.href);
    };
    image.src = new URL(below, location.href);
    this.image = image;
  }

  show(number) {
    if (this.data) this.canvas.hidden = this.lacks(number);
    if (!this.data || this.lacks(number)) return;
    this.fetch();
    const { columns, width, height } = this.data, at = this.places[number], pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    if (!this.image.complete || !this.image.naturalWidth) return;
    pen.drawImage(this.image, (at % columns) * width, Math.floor(at / columns) * height, width, height, 0, 0, width, height);
  }
}

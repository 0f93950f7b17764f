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
    this.canvas.hidden = !data;
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
    this.fetch();
    if (!this.data) return;
    const { columns, width, height } = this.data, pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, width, height);
    if (!this.image.complete || !this.image.naturalWidth) return;
    pen.drawImage(this.image, (number % columns) * width, Math.floor(number / columns) * height, width, height, 0, 0, width, height);
  }
}

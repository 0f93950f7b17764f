export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(...data.items.map((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", item.label);
    button.setAttribute("aria-pressed", String(item.id === data.chosen));
    const image = document.createElement("img");
    image.src = item.image;
    image.width = item.width;
    image.alt = "";
    const caption = document.createElement("span");
    caption.textContent = item.caption;
    button.append(image, caption);
    button.onclick = () => setTriggerValue("click", item.id);
    return button;
  }));
}

// The canvas's toolbar, put above the paper for good. Its Edit button turns drawing off, Reset and Update do what the page's
// own buttons do: they are left out.
const LOOK = 50; // milliseconds: a canvas can take the place of another at any time
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .dc-toolbar { opacity: 1 !important; top: -52px !important; right: 0; padding: 0 !important; transition: none !important; }
  .dc-toolbar-card { box-shadow: none !important; background: none !important; padding: 0 !important; }
  .dc-icon-button { min-width: 44px; min-height: 44px; }
  .dc-icon-button:not([aria-label="Undo"], [aria-label="Redo"]), .dc-toolbar-separator { display: none !important; }
  .dc-icon-button:focus-visible { outline: 3px solid var(--st-primary-color) !important; }
`);

export default function ({ data }) {
  const look = () => {
    for (const part of document.querySelectorAll(`.st-key-${CSS.escape(data.room)} *`)) {
      const root = part.shadowRoot;
      if (root?.querySelector(".dc-root") && !root.adoptedStyleSheets.includes(sheet)) {
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      }
    }
  };
  look();
  const looking = setInterval(look, LOOK);
  return () => clearInterval(looking);
}

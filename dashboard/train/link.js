// The form in the URL, which is replaced and not added to: one step of the Back button leads away from the page, however much
// was changed in it. And a button that copies the link.

const MOMENT = 2500; // milliseconds for which it says that it was copied

function stand(form, names) {
  const url = new URL(location.href);
  for (const name of names) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(form)) url.searchParams.append(name, value);
  if (url.search !== location.search) history.replaceState(history.state, "", url);
  return url.search;
}

// Where the page is not served safely there is no clipboard but what is selected.
async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // it may be forbidden: the old way may not be
    }
  }
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

export default function ({ data, parentElement, setStateValue }) {
  const button = parentElement.querySelector("button");
  const told = parentElement.querySelector("span");
  button.textContent = data.label;
  button.title = data.help;
  button.onclick = async () => {
    told.textContent = (await copy(location.href)) ? data.copied : data.failed;
    setTimeout(() => { told.textContent = ""; }, MOMENT);
  };
  const stands = stand(data.form, data.names);
  if (parentElement.stands === stands) return;
  parentElement.stands = stands;
  setStateValue("stands", stands);
}

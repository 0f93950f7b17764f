// Who is told of a drawing. Where only the answer depends on it, the server is asked for that alone (`asked.py`): the session's
// script would draw the page anew. It finds the drawing at the server when it next looks.
const GIVEN_UP = 5000; // milliseconds that an answer is waited for

export class Asking {
  constructor(stage) {
    this.stage = stage;
    this.tell = null; // the session; on the page before Streamlit has come there is none
    this.works = true; // a server that cannot be asked is not asked again
  }

  update({ model, language, sheet, alone }) {
    this.about = { model, language, sheet };
    this.alone = alone;
  }

  take(drawing) {
    if (this.alone && this.works) this.ask(drawing);
    else this.tell?.(drawing);
  }

  async ask(drawing) {
    const { about, stage } = this;
    try {
      const answer = await fetch(new URL("./digit-lab/read", document.baseURI), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...about, ...drawing }),
        signal: AbortSignal.timeout(GIVEN_UP),
      });
      if (answer.ok) stage.hear(await answer.json(), about.model);
      if (answer.status === 404 || answer.status === 405) this.works = false;
    } catch {
      // the session is told instead, as it is where nothing else answers
    }
    if (stage.pad.known < drawing.sequence && stage.pad.sequence === drawing.sequence) this.tell?.(drawing);
  }
}

// The ten answers as bars in fixed places, the winner large, and one sentence: as `dashboard.look.bars` and
// `dashboard.look.numbers.brief` write them on the other pages.
const HARDLY_ANY = 0.0005, ALMOST_ALL = 0.9995; // `core.sentences`
const FINE_BELOW = 0.0995, FINE_ABOVE = 0.99; // shares that are written with a decimal

export class Answers {
  constructor(root) {
    this.winner = root.querySelector(".winner");
    this.sentence = root.querySelector(".sentence");
    this.remark = root.querySelector(".remark");
    this.list = root.querySelector(".rows");
    this.rows = Array.from({ length: 10 }, (_, digit) => row(this.list, digit));
  }

  // The words of the visitor's language; they are said in Python.
  speak(words, language) {
    this.words = words;
    const form = (digits) => new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    this.whole = form(0);
    this.fine = form(1);
  }

  brief(share) {
    if (share < HARDLY_ANY) return this.words.hardlyAny;
    if (share >= ALMOST_ALL) return this.words.almostAll;
    const number = share < FINE_BELOW || share > FINE_ABOVE ? this.fine : this.whole;
    return this.words.percent.replace("{percent}", number.format(100 * share));
  }

  // `shown` is large ("7", "47", "?"), `kind` says how: "sure", "unsure", "waiting" or "moving" while the hand does.
  // `shares` are the ten probabilities, or null where none is claimed; `doubted` shows them pale and claims none either.
  show({ shown, kind, sentence, remark = "", plain = false, shares = null, doubted = false }) {
    write(this.winner, shown);
    this.winner.dataset.kind = kind;
    this.winner.dataset.length = String(shown).length;
    write(this.sentence, sentence);
    write(this.remark, remark);
    this.remark.classList.toggle("plain", plain);
    const claimed = doubted ? null : shares;
    const best = claimed ? claimed.indexOf(Math.max(...claimed)) : -1;
    this.list.dataset.doubted = doubted;
    this.rows.forEach(({ line, bar, share }, digit) => {
      line.classList.toggle("best", digit === best);
      const length = shares ? shares[digit].toFixed(4) : "0";
      if (bar.dataset.length !== length) bar.style.setProperty("--share", (bar.dataset.length = length));
      write(share, claimed ? this.brief(claimed[digit]) : "");
    });
    const told = claimed ? this.likeliest(claimed) : this.words.noBars;
    if (this.list.ariaLabel !== told) this.list.ariaLabel = told;
  }

  likeliest(shares) {
    const ranked = [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, 3);
    return ["first", "second", "third"].reduce((text, place, rank) => text
      .replace(`{${place}}`, ranked[rank]).replace(`{${place}Share}`, this.brief(shares[ranked[rank]])), this.words.bars);
  }
}

function row(list, digit) {
  const line = document.createElement("div"), name = document.createElement("b"), track = document.createElement("i");
  const bar = document.createElement("u"), share = document.createElement("span");
  name.textContent = digit;
  track.append(bar);
  line.append(name, track, share);
  list.append(line);
  return { line, bar, share };
}

function write(node, text) {
  if (node.textContent !== String(text)) node.textContent = text;
}

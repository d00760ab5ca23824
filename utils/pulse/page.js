// Asks for the room's overview again and again, and changes in the page what has changed.
const PAUSE = 1500; // milliseconds
const SHOWN = 3; // mistakes of a question that stand on its card, with one sentence; all stand below it, folded
const SVG = "http://www.w3.org/2000/svg";

const $ = (id) => document.getElementById(id);
const cards = new Map(); // question's id -> its card
let seen = "";
let room = null;
let choice = "latest"; // or "all", or a lesson's stem

// The key comes behind the # of the address. It is taken away from there at once, because the page is projected.
function takeKey() {
  const given = location.hash.slice(1);
  if (given) {
    sessionStorage.setItem("relu-pulse-key", given);
    history.replaceState(null, "", location.pathname);
    seen = "";
  }
  return sessionStorage.getItem("relu-pulse-key");
}

function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

// Text of the course; what stands between backticks is code.
function marked(name, text) {
  const element = make(name);
  element.append(...text.split("`").map((part, place) => (place % 2 ? make("code", "", part) : part)));
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text; // a status is read out when it changes
}

function say(text, broken = false) {
  setText($("state"), text);
  $("state").className = broken ? "broken" : "";
}

const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

// ------------------------------------------------------------------ a question's card

function makeCard(question) {
  const card = make("article", "question");
  card.dataset.question = question.id;
  const bar = document.createElementNS(SVG, "svg");
  bar.setAttribute("class", "bar");
  bar.setAttribute("role", "img");
  bar.setAttribute("preserveAspectRatio", "none");
  for (const name of ["tried", "solved"]) {
    const rectangle = document.createElementNS(SVG, "rect");
    rectangle.setAttribute("class", name);
    rectangle.setAttribute("height", "100%");
    bar.append(rectangle);
  }
  const more = make("details");
  more.append(make("summary"), make("ul", "mistakes"));
  card.append(marked("h3", question.title), make("p", "numbers"), bar, make("ul", "mistakes"), more);
  return card;
}

function fillCard(card, question) {
  const data = JSON.stringify([question, room.participants]);
  if (card.dataset.shown === data) return;
  card.dataset.shown = data;
  const [, numbers, bar, list, more] = card.children;
  const part = (count, word) => {
    const span = make("span", word);
    span.append(make("b", "", count), ` ${word}`);
    return span;
  };
  numbers.replaceChildren(part(question.solved, "solved"), part(question.tried, "tried"));
  const share = (count) => `${(100 * count) / Math.max(room.participants, 1)}%`;
  bar.children[0].setAttribute("width", share(question.tried));
  bar.children[1].setAttribute("width", share(question.solved));
  bar.setAttribute(
    "aria-label",
    `Of ${plural(room.participants, "participant")}, ${question.tried} tried and ${question.solved} solved it.`,
  );
  const first = (sentence) => sentence.match(/^.+?[.!?](?= [A-Z`“]|$)/s)?.[0] ?? sentence;
  const all = question.mistakes;
  fillMistakes(list, all.slice(0, SHOWN), first);
  fillMistakes(more.lastChild, all, (sentence) => sentence);
  more.hidden = all.length <= SHOWN && all.every((one) => first(one.sentence) === one.sentence);
  more.firstChild.textContent = all.length > SHOWN ? `All ${all.length} mistakes` : "In full";
}

function fillMistakes(list, mistakes, shorten) {
  list.hidden = mistakes.length === 0;
  list.replaceChildren(
    ...mistakes.map((mistake) => {
      const item = make("li");
      const words = make("div");
      words.append(make("strong", "", mistake.title));
      if (mistake.solved) words.append(make("span", "faint", ` · ${mistake.solved} solved it`));
      words.append(marked("small", shorten(mistake.sentence)));
      item.append(make("span", "made", mistake.made), words);
      return item;
    }),
  );
}

// ------------------------------------------------------------------ the page

function fillChoice() {
  const options = [
    ["latest", "the latest lesson"],
    ...room.lessons.map((lesson) => [lesson.stem, lesson.title]),
    ["all", "all lessons"],
  ];
  const data = JSON.stringify(options);
  if ($("lesson").dataset.shown !== data) {
    $("lesson").dataset.shown = data;
    $("lesson").replaceChildren(
      ...options.map(([value, text]) => {
        const option = make("option", "", text);
        option.value = value;
        return option;
      }),
    );
    if (!options.some(([value]) => value === choice)) choice = "latest";
    $("lesson").value = choice;
  }
  $("choice").hidden = room.lessons.length < 2;
}

function fillLessons() {
  const wanted = choice === "latest" ? room.latest : choice;
  const chosen = room.lessons.filter((lesson) => wanted === "all" || lesson.stem === wanted);
  const shown = JSON.stringify(chosen.map((lesson) => [lesson.stem, lesson.questions.length]));
  const place = $("lessons");
  if (place.dataset.shown !== shown) {
    place.dataset.shown = shown;
    place.replaceChildren(
      ...chosen.map((lesson) => {
        const section = make("section");
        const grid = make("div", "questions");
        for (const question of lesson.questions) {
          if (!cards.has(question.id)) cards.set(question.id, makeCard(question));
          grid.append(cards.get(question.id));
        }
        section.append(make("h2", "", lesson.title), grid);
        return section;
      }),
    );
  }
  for (const lesson of chosen) for (const question of lesson.questions) fillCard(cards.get(question.id), question);
  $("empty").hidden = chosen.length > 0;
}

function fillNames() {
  $("people").hidden = room.names.length === 0;
  $("many").textContent = `${plural(room.names.length, "participant")} gave a name`;
  $("names").replaceChildren(
    ...room.names.map((one) => {
      const row = make("tr");
      const name = make("th");
      name.scope = "row";
      name.append(make("bdi", "", one.name));
      row.append(name, make("td", "number", one.solved), make("td", "", one.open.join("; ")));
      return row;
    }),
  );
}

function fill() {
  setText($("count"), plural(room.participants, "participant"));
  // Where this page came over the network, or through a hub, participants can use the same address.
  const own = location.origin + location.pathname.replace(/\/leader$/, "");
  const local = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname) && room.addresses.length > 0;
  setText($("address"), local ? room.addresses.slice(0, 3).join(" or ") : own);
  setText($("code"), room.code);
  $("invitation").hidden = false;
  fillChoice();
  fillLessons();
  fillNames();
}

async function look() {
  const key = takeKey();
  if (!key) {
    say("Open the address of the leader's page that `start.py pulse` gave you, with all that follows the #.", true);
    return;
  }
  try {
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(`overview?seen=${encodeURIComponent(seen)}`, { headers, cache: "no-store" });
    if (answer.status === 401) {
      say("This key does not fit the room: open the address that `start.py pulse` gave you.", true);
    } else if (!answer.ok) {
      throw new Error(answer.status);
    } else {
      const found = await answer.json();
      if (found.lessons) {
        room = found;
        fill();
      }
      seen = found.version;
      say("live");
    }
  } catch {
    say("The server does not answer. What is shown is older.", true);
  }
  setTimeout(look, PAUSE);
}

$("lesson").addEventListener("change", () => {
  choice = $("lesson").value;
  fillLessons();
});
addEventListener("hashchange", () => location.reload());
look();

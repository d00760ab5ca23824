// A form to join the leader's room. It shows nothing but what the kernel tells, and keeps nothing.
const STYLE = `
.relu-room { border: 1px solid currentColor; border-radius: 4px; margin: 4px 0; padding: 8px 14px; max-width: 44em;
  line-height: 1.5; color: inherit; }
.relu-room p { margin: 4px 0; }
.relu-room form { display: grid; grid-template-columns: max-content minmax(8em, 22em); gap: 6px 12px;
  align-items: center; margin: 8px 0; }
.relu-room input { font: inherit; color: inherit; background: transparent; padding: 3px 6px; width: 100%;
  box-sizing: border-box; border: 1px solid currentColor; border-radius: 3px; }
.relu-room button { justify-self: start; grid-column: 2; padding: 4px 14px; font: inherit; color: #fff;
  background: #0072b2; border: 1px solid #0072b2; border-radius: 3px; cursor: pointer; }
.relu-room button:disabled { color: inherit; background: transparent; border-color: currentColor; opacity: 0.65;
  cursor: default; }
.relu-room :is(input, button):focus-visible { outline: 2px solid #d55e00; outline-offset: 2px; }
.relu-room [role="status"] { font-weight: 600; }
.relu-room [role="status"]:empty { display: none; }
.relu-room [hidden] { display: none !important; }
`;
const FIELDS = [
  ["address", "Address"],
  ["code", "Room's code"],
  ["name", "Your name (optional)"],
];

function make(name, text = "") {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function render({ model, el }) {
  const box = make("section");
  box.className = "relu-room";
  box.setAttribute("aria-label", "The leader's room");
  const place = make("p", "Once this page runs as a notebook, you can join a leader's room here.");
  const form = make("form");
  form.hidden = true;
  const inputs = {};
  for (const [name, text] of FIELDS) {
    const label = make("label", text);
    const input = make("input");
    input.id = `relu-room-${name}-${Math.random().toString(36).slice(2)}`;
    label.htmlFor = input.id;
    input.autocomplete = "off";
    input.spellcheck = false;
    inputs[name] = input;
    form.append(label, input);
  }
  const join = make("button", "Join");
  join.type = "submit";
  form.append(join);
  const leave = make("button", "Leave");
  leave.type = "button";
  leave.hidden = true;
  const status = make("p");
  status.setAttribute("role", "status");
  status.tabIndex = -1;
  box.append(make("style", STYLE), place, form, leave, status);

  const hear = (told) => {
    const had = box.contains(document.activeElement) || document.activeElement === document.body;
    form.hidden = told.joined;
    leave.hidden = !told.joined;
    join.disabled = leave.disabled = false;
    inputs.name.maxLength = told.longest;
    const as = told.name ? ` as “${told.name}”` : ", without a name";
    const wait = told.waiting ? ` Results that wait to be sent: ${told.waiting}.` : "";
    place.textContent = told.joined
      ? `You are in the room at ${told.address}${as}. Your checks are sent to it.${wait}`
      : "You are in no room, and nothing is sent.";
    status.textContent = told.sentence;
    if (told.joined) inputs.code.value = inputs.name.value = "";
    if (told.sentence && had) status.focus({ preventScroll: true }); // the button that was pressed is gone
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    join.disabled = true;
    status.textContent = "Joining …";
    const typed = Object.fromEntries(FIELDS.map(([name]) => [name, inputs[name].value]));
    model.send({ type: "join", ...typed });
  });
  leave.addEventListener("click", () => {
    leave.disabled = true;
    model.send({ type: "leave" });
  });
  // JupyterLab would take keys for the notebook. Shift+Enter still runs the cell.
  box.addEventListener("keydown", (event) => {
    if (!(event.shiftKey && event.key === "Enter")) event.stopPropagation();
  });
  model.on("msg:custom", hear);
  try {
    model.send({ type: "hello" });
  } catch {
    // a page without a kernel: it says so already
  }
  el.append(box);
  return () => model.off("msg:custom", hear);
}

export default { render };

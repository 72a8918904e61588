// Saves what is typed by itself, adds rows without leaving the page, and keeps a copy in this
// browser while the service has not taken it. Without script the buttons do the same.

const WAIT_MS = 1200;

let form;
let timer;
let saving = null;
let isDirty = false;

const copyName = () => `model-draft ${form.action}`;
const tell = (text) => { const place = form.querySelector("[data-state]"); if (place) place.textContent = text; };

function entered() {
  const data = new FormData(form);
  const kept = {};
  for (const [name, text] of data) {
    if (name !== "csrf_token" && typeof text === "string") (kept[name] ??= []).push(text);
  }
  return kept;
}

function keepCopy() {
  try { localStorage.setItem(copyName(), JSON.stringify(entered())); } catch { /* a full or closed store: saving goes on */ }
}

function dropCopy() {
  try { localStorage.removeItem(copyName()); } catch { /* nothing was kept */ }
}

function showErrors(errors) {
  for (const place of form.querySelectorAll("[data-error-of]")) {
    const text = errors[place.dataset.errorOf] ?? "";
    place.textContent = text;
    place.hidden = !text;
    const field = document.getElementById(`field-${place.dataset.errorOf}`);
    if (!field || !("value" in field)) continue;
    field.toggleAttribute("aria-invalid", Boolean(text));
    if (text) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", place.id);
    }
  }
}

function save() {
  if (saving) { later(); return; }
  saving = send().finally(() => { saving = null; });
}

async function send() {
  isDirty = false;
  tell("Saving …");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
    if (answer.status === 409) {
      tell("Somebody else changed the same field. Press Save to see both values.");
    } else if (answer.status === 401 || answer.status === 403) {
      tell("You are signed out. What you typed is kept in this browser; press Save to sign in again.");
    } else if (!answer.ok) {
      tell("Not saved yet. What you typed is kept in this browser.");
    } else {
      const told = await answer.json();
      form.elements.revision.value = told.revision;
      form.elements.base.value = told.base;
      showErrors(told.errors);
      const meter = document.querySelector("[data-meter]");
      if (meter) meter.textContent = told.meter;
      if (!isDirty) dropCopy();
      tell("Saved");
    }
  } catch {
    tell("No connection. What you typed is kept in this browser.");
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
}

function changed() {
  isDirty = true;
  keepCopy();
  tell("Not saved yet");
  later();
}

// A button that adds or removes a row: the same page comes back, and only its middle is exchanged.
async function submitted(event) {
  const button = event.submitter;
  const doing = button?.name === "do" ? button.value : "";
  clearTimeout(timer);
  if (saving) {
    // What is on its way comes first: otherwise the form would meet its own earlier state.
    event.preventDefault();
    await saving;
    form.requestSubmit(button);
    return;
  }
  if (!/^(add|remove|language):/.test(doing)) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form));
  data.append("do", doing);
  tell("Saving …");
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" } });
  if (!answer.ok) { form.requestSubmit(); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = new Set([...form.querySelectorAll("[id^='field-']")].map((one) => one.id));
  document.getElementById("editor").replaceWith(page.getElementById("editor"));
  begin();
  dropCopy();
  const fresh = [...form.querySelectorAll("input[id^='field-'], textarea[id^='field-'], select[id^='field-']")].find((one) => !before.has(one.id));
  const where = doing.slice(doing.indexOf(":") + 1).split(".")[0];
  (fresh ?? document.getElementById(`term-${where}`))?.focus();
  tell("Saved");
}

function offerCopy() {
  let kept = null;
  try { kept = localStorage.getItem(copyName()); } catch { return; }
  if (!kept) return;
  const copy = JSON.parse(kept);
  const differs = Object.entries(copy).some(([name, texts]) => {
    if (name === "revision" || name === "base") return false;
    const field = document.getElementById(`field-${name}`);
    return field && "value" in field && field.value !== texts[0];
  });
  if (!differs) { dropCopy(); return; }
  const box = document.createElement("div");
  box.className = "entry__clash";
  box.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "This browser holds something you typed here that was not saved.";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.textContent = "Put it back";
  button.addEventListener("click", () => {
    for (const [name, texts] of Object.entries(copy)) {
      const field = document.getElementById(`field-${name}`);
      if (name !== "revision" && name !== "base" && field && "value" in field) field.value = texts[0];
    }
    box.remove();
    changed();
  });
  box.append(words, button);
  form.prepend(box);
}

function begin() {
  form = document.querySelector("form[data-draft]");
  if (!form || form.dataset.locked === "yes") return;
  form.addEventListener("input", changed);
  form.addEventListener("submit", submitted);
}

begin();
if (form && form.dataset.locked !== "yes") {
  offerCopy();
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) isDirty = false; });
  if (new URLSearchParams(location.search).get("said") === "saved") dropCopy();
}

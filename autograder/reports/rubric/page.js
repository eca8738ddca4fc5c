// Grades the answers of the page by keys and buttons. Each change goes to the server at once; what it answers is what
// the gradebook has. Nothing of a submission is ever read as HTML here.
"use strict";

const panel = document.getElementById("panel");
const articles = [...document.querySelectorAll(".answer")];
const items = [...document.querySelectorAll(".item")];
const field = Object.fromEntries(["points", "comment", "keys", "saved", "which", "progress"].map((id) => [id, document.getElementById(id)]));
const most = panel ? Number(panel.dataset.most) : 0;
const TO_GRADE = ["waiting", "again"];
const WORDS = { waiting: "○ to grade", again: "↻ handed in again: look once more" };
const works = new Map(articles.map((article) => [article, take({}, JSON.parse(article.dataset.state))]));
let current = null;
let typing = 0;

// What is known of an answer

function take(work, state) {
  Object.assign(work, { items: [...state.items], comment: state.comment, status: state.status, seen: state.seen });
  work.typed = state.points === null || same(state.points, earned(work)) ? null : state.points;
  work.fault = "";
  return work;
}

function earned(work) {
  return Math.round((1e4 * most * work.items.filter(Boolean).length) / work.items.length) / 1e4;
}

function same(one, other) {
  return Math.abs(one - other) < 1e-6;
}

function points(work) {
  return work.typed ?? earned(work);
}

function words(work) {
  if (work.fault) return "✗ not saved";
  return WORDS[work.status] ?? `✓ ${points(work)} of ${most}`;
}

// Showing it

function show(article) {
  const work = works.get(article);
  const badge = article.querySelector(".badge");
  badge.textContent = words(work);
  badge.dataset.status = work.fault ? "fault" : work.status;
  const said = article.querySelector(".said");
  said.textContent = work.comment;
  said.hidden = !work.comment;
  if (article === current) showPanel(work);
  const left = [...works.values()].filter((one) => TO_GRADE.includes(one.status)).length;
  field.progress.textContent = `${articles.length - left} of ${articles.length} graded, ${left} to go`;
}

function showPanel(work) {
  field.which.textContent = current.querySelector("h2").textContent + nameOf(current);
  items.forEach((button, place) => button.setAttribute("aria-pressed", String(work.items[place])));
  const graded = !TO_GRADE.includes(work.status) || work.typed !== null;
  if (document.activeElement !== field.points) field.points.value = graded ? String(points(work)) : "";
  if (document.activeElement !== field.comment) field.comment.value = work.comment;
  field.saved.textContent = work.fault || (work.saving ? "Saving …" : work.saved ? "Saved." : "");
  field.saved.toggleAttribute("data-fault", Boolean(work.fault));
  panel.querySelector("[data-do=again]").hidden = !work.fault;
}

function nameOf(article) {
  const name = article.querySelector(".name");
  return name.hidden ? "" : ` · ${name.textContent}`;
}

// Saving it

async function save(article) {
  const work = works.get(article);
  work.dirty = true;
  if (work.saving) return;
  work.saving = true;
  while (work.dirty) {
    work.dirty = false;
    show(article);
    await send(article, work);
  }
  work.saving = false;
  show(article);
}

async function send(article, work) {
  const asked = { student: article.dataset.student, seen: work.seen, items: work.items, points: work.typed, comment: work.comment, graded: work.status === "graded" };
  try {
    const reply = await fetch(panel.dataset.address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
    const found = await reply.json();
    if (reply.ok) {
      work.seen = found.state.seen;
      if (!work.dirty && field.comment !== document.activeElement) take(work, found.state);
      Object.assign(work, { fault: "", saved: true });
      return;
    }
    if (found.state) work.seen = found.state.seen;
    const there = found.state ? ` There: ${described(found.state)}. Save yours in its place with S, or load the page again.` : "";
    work.fault = `Not saved: ${found.message}.${there}`;
  } catch {
    work.fault = "Not saved: the command autograder rubric has ended. Start it again, open its address, or press S to try again.";
  }
}

function described(state) {
  return state.points === null ? "no points yet" : `${state.points} of ${most}${state.comment ? `, “${state.comment}”` : ""}`;
}

// What keys and buttons do

function give(change) {
  const work = works.get(current);
  Object.assign(work, { typed: null, status: "graded" }, change);
  save(current);
}

function toggle(place) {
  const given = [...works.get(current).items];
  given[place] = !given[place];
  give({ items: given });
}

function select(article, scroll = true) {
  if (!article || article === current) return;
  leaveFields();
  current?.removeAttribute("aria-current");
  current = article;
  current.setAttribute("aria-current", "true");
  current.focus({ preventScroll: true });
  if (scroll) current.scrollIntoView({ block: "start" });
  show(current);
}

function step(by) {
  select(articles[articles.indexOf(current) + by]);
}

function nextWaiting() {
  const at = articles.indexOf(current) + 1;
  const order = [...articles.slice(at), ...articles.slice(0, at)];
  select(order.find((article) => TO_GRADE.includes(works.get(article).status)));
}

function showNames() {
  const names = [...document.querySelectorAll(".name")];
  const hidden = !names[0].hidden;
  names.forEach((name) => { name.hidden = hidden; });
  panel.querySelector("[data-do=names]").setAttribute("aria-pressed", String(!hidden));
  showPanel(works.get(current));
}

function leaveFields() {
  if ([field.points, field.comment].includes(document.activeElement)) document.activeElement.blur();
}

const ACTIONS = {
  all: () => give({ items: items.map(() => true) }),
  none: () => give({ items: items.map(() => false) }),
  keep: () => give({ typed: works.get(current).typed }),
  wait: () => give({ items: items.map(() => false), status: "waiting" }),
  previous: () => step(-1),
  next: () => step(1),
  waiting: nextWaiting,
  names: showNames,
  again: () => save(current),
};
const BY_KEY = {
  a: ACTIONS.all, 0: ACTIONS.none, w: ACTIONS.wait, k: ACTIONS.previous, j: ACTIONS.next, n: ACTIONS.waiting,
  g: ACTIONS.keep, h: ACTIONS.names, s: () => works.get(current).fault && ACTIONS.again(),
  p: () => { field.points.focus(); field.points.select(); },
  c: () => field.comment.focus(),
  m: () => { const model = document.getElementById("model"); model.open = !model.open; },
};

function onKey(event) {
  const within = event.target.closest("input, textarea, button, summary, a");
  if (event.key === "Escape" && within) return current.focus({ preventScroll: true });
  if (event.key === "Enter" && event.target === field.points) return current.focus({ preventScroll: true });
  const writes = event.target.matches("textarea, input[type=text]");
  if (!field.keys.checked || writes || event.ctrlKey || event.altKey || event.metaKey) return undefined;
  const number = Number(event.key);
  const action = number >= 1 && number <= items.length ? () => toggle(number - 1) : BY_KEY[event.key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  } else if (event.key === "Enter" && !within) {
    nextWaiting();
  }
  return undefined;
}

function onPoints() {
  const text = field.points.value.trim().replace(",", ".");
  const work = works.get(current);
  if (text === "") return show(current);
  const given = Number(text);
  if (!Number.isFinite(given) || given < 0 || given > most) {
    field.saved.textContent = `Not saved: points are a number from 0 to ${most}.`;
    field.saved.setAttribute("data-fault", "");
    return undefined;
  }
  if (work.status === "graded" && same(given, points(work))) return undefined;
  return give({ typed: same(given, earned(work)) ? null : given });
}

function onComment() {
  const article = current;
  works.get(article).comment = field.comment.value;
  clearTimeout(typing);
  typing = setTimeout(() => save(article), 500);
}

function onCommentLeft() {
  clearTimeout(typing);
  works.get(current).comment = field.comment.value;
  save(current);
}

function begin() {
  document.addEventListener("keydown", onKey);
  articles.forEach((article) => article.addEventListener("click", () => select(article, false)));
  items.forEach((button, place) => button.addEventListener("click", (event) => { toggle(place); leaveButton(event); }));
  for (const button of panel.querySelectorAll("[data-do]")) {
    button.addEventListener("click", (event) => { ACTIONS[button.dataset.do](); leaveButton(event); });
  }
  field.points.addEventListener("change", onPoints);
  field.comment.addEventListener("input", onComment);
  field.comment.addEventListener("change", onCommentLeft);
  for (const link of document.querySelectorAll(".answer a[href^=http]")) {
    Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
  }
  window.addEventListener("beforeunload", (event) => {
    if ([...works.values()].some((work) => work.dirty || work.saving || work.fault)) event.preventDefault();
  });
  articles.forEach(show);
  current = articles[0];
  const first = articles.find((article) => TO_GRADE.includes(works.get(article).status)) ?? articles[0];
  current = null;
  select(first, first !== articles[0]);
}

function leaveButton(event) {
  if (event.detail > 0) current.focus({ preventScroll: true }); // by pointer: keys go on at once
}

if (panel) begin();

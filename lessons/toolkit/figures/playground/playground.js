// The playground: move attention and see the translation change. One plain ES module, for notebooks and pages.
//
// In a notebook the kernel answers (`KernelEngine`); on a page the model runs here (`PageEngine`). Nothing is loaded,
// nothing is put into the window, and every playground keeps its own state.

// ---------------------------------------------------------------------------------------------------- the model
// Dimensions: S source words, E numbers in an embedding, H in a state, A in the layer that scores, V words.

/** Read what `packed.pack` wrote: a header with names, shapes and words, then all weights in half precision. */
export function unpack(buffer) {
  const view = new DataView(buffer);
  const size = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const weights = {};
  let place = 4 + size;
  for (const [name, shape] of header.tensors) {
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
    for (let i = 0; i < data.length; i++, place += 2) data[i] = fromHalf(view.getUint16(place, true));
    weights[name] = { data, columns: shape[1] ?? 1 };
  }
  return { reads: header.reads, words: header.words, weights };
}

/** The number that 16 bits stand for: IEEE 754 binary16. */
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * 2 ** -14 * fraction;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * 2 ** (exponent - 15) * (1 + fraction);
}

export function fromBase64(text) {
  const raw = atob(text.trim());
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes.buffer;
}

const row = (matrix, number) => matrix.data.subarray(number * matrix.columns, (number + 1) * matrix.columns);

/** Matrix times vector plus bias; the vector may come in parts, which stand side by side. */
function linear(matrix, bias, ...parts) {
  const { data, columns } = matrix;
  const result = new Float64Array(data.length / columns);
  for (let i = 0; i < result.length; i++) {
    let sum = bias ? bias.data[i] : 0;
    let place = i * columns;
    for (const part of parts) for (let j = 0; j < part.length; j++) sum += data[place++] * part[j];
    result[i] = sum;
  }
  return result;
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** One step of a GRU, its gates in PyTorch's order: reset, update, new. */
function gru(weights, name, suffix, inputs, state) {
  const part = (kind) => weights[`${name}.${kind}${suffix}`];
  const read = linear(part("weight_ih"), part("bias_ih"), ...inputs);
  const kept = linear(part("weight_hh"), part("bias_hh"), state);
  const size = state.length;
  return state.map((old, i) => {
    const reset = sigmoid(read[i] + kept[i]);
    const update = sigmoid(read[size + i] + kept[size + i]);
    const fresh = Math.tanh(read[2 * size + i] + reset * kept[2 * size + i]);
    return (1 - update) * fresh + update * old;
  });
}

function softmax(scores) {
  const most = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** The encoder's states, the embedded words, and what is scored, for the numbers of a sentence with END. */
export function encode(model, source) {
  const { weights, reads } = model;
  const embedded = source.map((number) => row(weights["encoder.embedding.weight"], number));
  let state = new Float64Array(weights["encoder.gru.weight_hh_l0"].columns);
  const states = embedded.map((word) => (state = gru(weights, "encoder.gru", "_l0", [word], state)));
  const keys = states.map((each) => linear(weights["decoder.score.key.weight"], weights["decoder.score.key.bias"], each));
  return { states, keys, last: state, values: reads === "words" ? embedded : states };
}

/** The weights of one step: given ones, or those that the model chooses; none where a state is hidden. */
function look(model, encoded, state, hidden, given) {
  if (given) return given;
  const query = linear(model.weights["decoder.score.query.weight"], null, state);
  const output = model.weights["decoder.score.output.weight"].data;
  const scores = encoded.keys.map((key, place) => {
    if (hidden.includes(place)) return -Infinity;
    return key.reduce((sum, each, i) => sum + output[i] * Math.tanh(each + query[i]), 0);
  });
  return softmax(scores);
}

function mix(weights, values) {
  const context = new Float64Array(values[0].length);
  weights.forEach((weight, place) => values[place].forEach((value, i) => (context[i] += weight * value)));
  return context;
}

/** Read one word: the new state, the weights, the context and the scores of the next word. */
export function step(model, encoded, state, word, hidden = [], given = null) {
  const { weights } = model;
  const embedded = row(weights["decoder.embedding.weight"], word);
  const output = (...parts) => linear(weights["decoder.output.weight"], weights["decoder.output.bias"], ...parts);
  if (model.reads === "words") {
    const next = gru(weights, "decoder.gru", "_l0", [embedded], state);
    const looked = look(model, encoded, next, hidden, given);
    const context = mix(looked, encoded.values);
    const mixed = linear(weights["decoder.mix.weight"], weights["decoder.mix.bias"], next, context).map(Math.tanh);
    return { state: next, weights: looked, context, scores: output(mixed) };
  }
  const looked = look(model, encoded, state, hidden, given);
  const context = mix(looked, encoded.values);
  const next = gru(weights, "decoder.cell", "", [embedded, context], state);
  return { state: next, weights: looked, context, scores: output(next) };
}

const START = 1;
const END = 2;
const UNKNOWN = 3;

/**
 * Run a model over a prefix.
 *
 * request: source, the numbers of the words with END; prefix, those of the words written so far; hidden, places whose
 * state nobody may look at; unread, places where the encoder reads an unknown word; given, step → weights.
 * Returns of the last step: weights and own (what the model would choose here), contexts and probabilities of both.
 */
export function run(model, request) {
  const { prefix, hidden, unread, given } = request;
  const encoded = encode(model, request.source.map((word, place) => (unread.includes(place) ? UNKNOWN : word)));
  let state = encoded.last;
  const read = [START, ...prefix];
  for (let t = 0; t < prefix.length; t++) ({ state } = step(model, encoded, state, read[t], hidden, given[t]));
  const last = read[prefix.length];
  const own = step(model, encoded, state, last, hidden);
  const moved = given[prefix.length];
  const now = moved ? step(model, encoded, state, last, hidden, moved) : own;
  return {
    weights: Array.from(now.weights),
    own: Array.from(own.weights),
    context: Array.from(now.context),
    ownContext: Array.from(own.context),
    probabilities: softmax(now.scores),
    ownProbabilities: softmax(own.scores),
  };
}

/** Translate with given weights at some steps: numbers without END. */
export function translate(model, source, { given = {}, hidden = [], unread = [], most = 40 } = {}) {
  const encoded = encode(model, source.map((word, place) => (unread.includes(place) ? UNKNOWN : word)));
  const written = [];
  let [state, word] = [encoded.last, START];
  while (written.length < most) {
    const done = step(model, encoded, state, word, hidden, given[written.length]);
    word = done.scores.indexOf(Math.max(...done.scores));
    if (word === END) break;
    written.push(word);
    state = done.state;
  }
  return written;
}

// ------------------------------------------------------------------------------------- tasks, as playground_tasks.py

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const rescaled = (weights) => weights.map((weight) => weight / sumOf(weights));
const same = (a, b) => a.length === b.length && a.every((each, i) => each === b[i]);
const hasNames = (answer, names) => same(Object.keys(answer ?? {}).sort(), [...names].sort());
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

/** The cause that fits a wrong answer to a task, or "" for a right one; models are those of the page, by name. */
export function judge(models, task, answer) {
  return { swap: judgeSwap, free: judgeFree, hide: judgeHide }[task.kind](models, task, answer);
}

function judgeSwap(models, task, answer) {
  const cause = formOf(task, answer);
  if (cause) return cause;
  const written = translated(models, task, answer);
  if (same(written, task.target)) return "";
  if (same(written, translated(models, task, {}))) return "unmoved";
  const earlier = Object.fromEntries(Object.entries(answer).map(([at, weights]) => [at - 1, weights]));
  if (same(translated(models, task, earlier), task.target)) return "counted-from-one";
  const agree = written.filter((word, i) => word === task.target[i]).length;
  return written.length === task.target.length && agree + 1 === written.length ? "one-noun" : "another-sentence";
}

function judgeFree(models, task, answer) {
  if (!hasNames(answer, ["free", "needed"])) return "wrong-names";
  for (const each of [answer.free, answer.needed]) {
    const cause = formOf(task, each);
    if (cause) return cause;
    if (Object.keys(each).length !== 1) return "several-steps";
    if (movedBy(models, task, each) < task.tolerances.moved) return "moved-too-little";
  }
  const own = translated(models, task, {});
  const [free, needed] = [answer.free, answer.needed].map((each) => same(translated(models, task, each), own));
  if (free) return needed ? "needed-unchanged" : "";
  return needed ? "exchanged" : "free-changes";
}

function judgeHide(models, task, answer) {
  if (!hasNames(answer, Object.keys(task.places))) return "wrong-names";
  if (!Object.values(answer).every(isNumber)) return "not-numbers";
  const left = (options) => sharesLeft(models, task, options);
  const agree = (shares, told = answer) =>
    Object.entries(shares).every(([name, share]) => Math.abs(told[name] - share) <= task.tolerances.share);
  if (agree(left())) return "";
  if (agree(left(), mapped(answer, (share) => share / 100))) return "in-percent";
  if (agree(left(), mapped(answer, (share) => 1 - share))) return "what-is-lost";
  if (agree(left({ way: "unread" }))) return "never-read";
  if ("05_word_reader" in models && agree(left({ model: "05_word_reader" }))) return "other-model";
  return agree(left(), { ...answer, gold: answer.dark, dark: answer.gold }) ? "exchanged" : "misread";
}

/** The probability of the wanted word with each group hidden. */
export function sharesLeft(models, task, { way = "hidden", model = task.model } = {}) {
  const { source, prefix, target } = task;
  const nothing = { source, prefix, hidden: [], unread: [], given: {} };
  return mapped(task.places, (places) => run(models[model], { ...nothing, [way]: places }).probabilities[target[0]]);
}

function formOf(task, answer) {
  const steps = Object.entries(answer ?? {});
  if (!answer || Array.isArray(answer) || !steps.every(([at]) => /^\d+$/.test(at) && Number(at) < 40)) return "no-steps";
  for (const [, weights] of steps) {
    if (!Array.isArray(weights) || weights.length !== task.source.length) return "wrong-length";
    if (!weights.every((weight) => isNumber(weight) && weight >= 0)) return "no-weights";
    if (Math.abs(sumOf(weights) - 1) > task.tolerances.sum) return "no-weights";
  }
  return "";
}

function movedBy(models, task, given) {
  const [[at, weights]] = Object.entries(given);
  const written = translated(models, task, {});
  if (at > written.length) return 0;
  const request = { source: task.source, prefix: written.slice(0, at), hidden: [], unread: [], given: {} };
  const { own } = run(models[task.model], request);
  return Math.max(...rescaled(weights).map((weight, i) => Math.abs(weight - own[i])));
}

const translated = (models, task, given) => translate(models[task.model], task.source, { given: mapped(given, rescaled) });

// ------------------------------------------------------------------------------------------ who answers a change

/** The models of a page; they run here. */
export class PageEngine {
  constructor(models) {
    this.models = models;
  }

  async ask(name, request) {
    return run(this.models[name], request);
  }

  judge(task, answer) {
    return judge(this.models, task, answer);
  }

  close() {}
}

const PATIENCE = 20000; // ms that a kernel may be busy with another cell before the learner is told

/** The kernel, over the channel of an anywidget model. */
export class KernelEngine {
  constructor(channel) {
    this.channel = channel;
    this.waiting = new Map();
    this.count = 0;
    this.hear = (message) => {
      const waiting = this.waiting.get(message?.number);
      if (!waiting) return;
      this.waiting.delete(message.number);
      clearTimeout(waiting.timer);
      if (message.error) waiting.reject(new Error(message.error));
      else waiting.resolve(message.answer);
    };
    channel.on("msg:custom", this.hear);
  }

  ask(name, request) {
    const number = ++this.count;
    return new Promise((resolve, reject) => {
      const late = () => {
        this.waiting.delete(number);
        reject(new Error(said("The kernel does not answer: wait until it is idle, or run this cell again.")));
      };
      this.waiting.set(number, { resolve, reject, timer: setTimeout(late, PATIENCE) });
      this.channel.send({ number, name, request });
    });
  }

  close() {
    this.channel.off("msg:custom", this.hear);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }
}

// --------------------------------------------------------------------------------------- what a learner can change

const UNDO_LIMIT = 100;

export const freshState = (pair, prefix = []) => ({ pair, prefix, hidden: [], unread: [], given: {} });

/** Set one weight; the rest rescales, so that the sum is 1. Hidden places keep 0. */
export function moveWeight(weights, place, value, hidden = []) {
  const rest = weights.reduce((sum, weight, i) => (i === place ? sum : sum + weight), 0);
  const open = weights.length - hidden.length - 1;
  if (open < 1) return weights;
  return weights.map((weight, i) => {
    if (i === place) return value;
    if (hidden.includes(i)) return 0;
    return rest > 1e-9 ? (weight * (1 - value)) / rest : (1 - value) / open;
  });
}

/** Hide or show a place: whatever weight had been given to a hidden one goes to the rest. */
export function toggleHidden(state, place) {
  const hidden = toggled(state.hidden, place);
  const given = {};
  for (const [model, steps] of Object.entries(state.given)) {
    given[model] = {};
    for (const [at, weights] of Object.entries(steps)) {
      const left = weights.map((weight, i) => (hidden.includes(i) ? 0 : weight));
      const sum = left.reduce((total, weight) => total + weight, 0);
      if (sum > 1e-9) given[model][at] = left.map((weight) => weight / sum);
    }
  }
  return { ...state, hidden, given };
}

const toggled = (places, place) =>
  places.includes(place) ? places.filter((each) => each !== place) : [...places, place].sort((a, b) => a - b);

/** Another prefix; what was given to steps that are gone is forgotten. */
export function withPrefix(state, prefix) {
  const last = stepOf(prefix);
  const kept = (steps) => Object.fromEntries(Object.entries(steps).filter(([at]) => Number(at) <= last));
  const given = Object.fromEntries(Object.entries(state.given).map(([model, steps]) => [model, kept(steps)]));
  return { ...state, prefix, given };
}

const isFinished = (prefix) => prefix.at(-1) === END;
const stepOf = (prefix) => prefix.length - (isFinished(prefix) ? 1 : 0);

/** Given weights as Python writes them, for an exercise cell. */
export function asPython(steps) {
  const numbers = (weights) => weights.map((weight) => Number(weight.toFixed(2))).join(", ");
  return `{${Object.entries(steps).map(([at, weights]) => `${at}: [${numbers(weights)}]`).join(", ")}}`;
}

// ------------------------------------------------------------------------------------------------------- the view

const SHOWN_WORDS = 6;
const SAY_AFTER = 400; // ms, so that a drag is announced once

const CONTROLS = ["button", "input", "select"];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  // JupyterLab would take arrows and Enter for itself, to move between cells
  if (CONTROLS.includes(tag)) element.dataset.lmSuppressShortcuts = "true";
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && name !== "form") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

let texts = {}; // English → another language, where a notebook or page is in one: `config.texts`

/** A text with its values, in the language of the page. */
function said(template, values = {}) {
  return (texts[template] ?? template).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function percent(share) {
  if (share > 0.995) return said("> 99 %");
  return share < 0.005 ? said("< 1 %") : said("{share} %", { share: Math.round(100 * share) });
}

/** One playground in an element. Its state changes by `commit` alone, so that every change can be undone. */
class View {
  constructor(root, config, engine) {
    Object.assign(this, { root, config, engine });
    this.words = config.words;
    this.state = this.begin(0);
    this.past = [];
    this.panels = config.models.map((model) => new Panel(this, model));
    this.build();
    this.commit(this.state, { remember: false });
  }

  /** How a sentence begins; a task may have words written already. */
  begin(pair) {
    return freshState(pair, this.config.pairs[pair].prefix ?? []);
  }

  get pair() {
    return this.config.pairs[this.state.pair];
  }

  get step() {
    return stepOf(this.state.prefix);
  }

  korean(number) {
    const gloss = this.words.glosses[number];
    return gloss ? `${this.words.target[number]} (${gloss})` : this.words.target[number];
  }

  build() {
    const button = (text, title, act) => make("button", { type: "button", title, onclick: act }, text);
    this.choice = make("select", { onchange: () => this.commit(this.begin(Number(this.choice.value))) });
    this.config.pairs.forEach((pair, i) => this.choice.append(make("option", { value: i }, pair.english)));
    this.on = button(said("Step on"), said("Write the most probable word"), () => this.stepOn());
    this.back = button(said("Back"), said("Take the last word away"), () => this.go(this.state.prefix.length - 1));
    this.undo = button(said("Undo"), said("Undo the last change"), () => this.takeBack());
    this.reset = button(said("Reset"), said("Begin this sentence again"), () => this.commit(this.begin(this.state.pair)));
    const choose = make("label", {}, `${said("Sentence")} `, this.choice);
    const bar = make("div", { className: "pg-bar" }, choose, this.on, this.back, this.undo, this.reset);
    this.source = make("ol", { className: "pg-source" });
    this.prefix = make("ol", { className: "pg-prefix" });
    this.said = make("p", { className: "pg-said", role: "status" });
    const panels = make("div", { className: "pg-models" }, ...this.panels.map((panel) => panel.element));
    const read = make("div", { role: "group", ariaLabel: said("The sentence") }, make("p", { className: "pg-name" }, said("Reads; press to hide the state after a word, or the word itself")), this.source);
    const key = make("p", { className: "pg-key" }, make("em"), ` ${said("what the model itself would do at this step")}`);
    this.code = make("code");
    this.copied = make("p", { className: "pg-code" }, `${said("Weights that you have moved, step by step:")} `, this.code);
    const tasks = this.engine.judge ? (this.config.tasks ?? []).map((task) => new TaskBox(this, task).element) : [];
    this.root.replaceChildren(bar, read, this.writtenPart(), panels, key, this.said, this.copied, ...tasks);
  }

  /** What was written so far, and a field for any other word. */
  writtenPart() {
    const id = `pg-${Math.random().toString(36).slice(2)}`;
    const options = this.words.target.map((word, number) =>
      number > UNKNOWN ? make("option", { value: word, label: `${word} ${this.words.glosses[number]}` }) : "",
    );
    this.other = make("input", { list: id, size: 10, autocomplete: "off", lang: "ko" });
    const put = make("button", { type: "submit" }, said("Write it"));
    const label = make("label", {}, `${said("Another word")} `, this.other);
    const form = make("form", { className: "pg-other", onsubmit: (event) => this.writeOther(event) }, label, put);
    const datalist = make("datalist", { id }, ...options);
    const name = make("p", { className: "pg-name" }, said("Has written"));
    return make("div", { role: "group", ariaLabel: said("What is written so far") }, name, this.prefix, form, datalist);
  }

  // Changes

  commit(state, { remember = true } = {}) {
    if (remember) this.past = [...this.past.slice(1 - UNDO_LIMIT), this.state];
    const other = state.pair !== this.state.pair || !this.source.children.length;
    this.state = state;
    if (other) this.drawSentence();
    this.drawState();
    this.stale = true;
    if (!this.asking) this.settled = this.refresh();
  }

  takeBack() {
    const state = this.past.pop();
    if (state) this.commit(state, { remember: false });
    if (this.undo.disabled) this.on.focus();
  }

  go(length) {
    this.commit(withPrefix(this.state, this.state.prefix.slice(0, Math.max(0, length))));
    (this.prefix.lastElementChild?.querySelector("button") ?? this.on).focus();
  }

  /** Write the most probable word of the first model, once it is known. */
  async stepOn() {
    await this.settled;
    const [, number] = this.panels[0].best ?? [];
    if (number !== undefined && !isFinished(this.state.prefix)) this.write(number);
  }

  write(number) {
    const prefix = isFinished(this.state.prefix) ? this.state.prefix.slice(0, -1) : this.state.prefix;
    this.commit(withPrefix(this.state, [...prefix, number]));
  }

  writeOther(event) {
    event.preventDefault();
    const word = this.other.value.trim();
    const number = this.words.target.indexOf(word);
    if (number <= UNKNOWN && number !== END) {
      this.say(said("The model has no word {word}: choose one of the list.", { word: word || said("without letters") }));
      return;
    }
    this.other.value = "";
    this.write(number);
  }

  hide(place) {
    const next = toggleHidden(this.state, place);
    if (next.hidden.length < this.pair.source.length) this.commit(next);
    else this.say(said("One state must stay: with all of them hidden there is nothing to look at."));
  }

  unread(place) {
    this.commit({ ...this.state, unread: toggled(this.state.unread, place) });
  }

  /** Give weights to this step of a model, or take them away again with null. */
  give(model, weights, options) {
    const { [this.step]: gone, ...kept } = this.state.given[model] ?? {};
    const steps = weights ? { ...kept, [this.step]: weights } : kept;
    this.commit({ ...this.state, given: { ...this.state.given, [model]: steps } }, options);
  }

  // Drawing

  drawSentence() {
    const hides = (place, word) => [
      make("button", { type: "button", ariaLabel: said("Hide the state after {word}", { word }), onclick: () => this.hide(place) }, said("state")),
      make("button", { type: "button", ariaLabel: said("Hide the word {word}", { word }), onclick: () => this.unread(place) }, said("word")),
    ];
    const items = this.pair.source.map((word, place) => {
      const [state, read] = hides(place, word);
      const last = place === this.pair.source.length - 1;
      return make("li", {}, make("b", {}, word), make("span", {}, state, ...(last ? [] : [read])));
    });
    this.source.replaceChildren(...items);
    for (const panel of this.panels) panel.drawSentence();
  }

  drawState() {
    const { state } = this;
    this.choice.value = state.pair;
    this.drawCode();
    this.undo.disabled = !this.past.length;
    this.back.disabled = !state.prefix.length;
    this.on.disabled = isFinished(state.prefix);
    [...this.source.children].forEach((item, place) => {
      const [hide, read] = item.querySelectorAll("button");
      hide.ariaPressed = state.hidden.includes(place);
      if (read) read.ariaPressed = state.unread.includes(place);
      item.classList.toggle("pg-unread", state.unread.includes(place));
    });
    const tokens = state.prefix.map((number, place) => {
      const inside = [make("span", { lang: "ko" }, this.words.target[number]), make("small", {}, this.words.glosses[number] || " ")];
      const title = said("Go back to this word");
      const back = make("button", { type: "button", title, onclick: () => this.go(place + 1) }, ...inside);
      return make("li", {}, back);
    });
    this.prefix.replaceChildren(make("li", { className: "pg-start" }, "<start>"), ...tokens);
  }

  /** What was moved, as the exercises take it; of two models each with its title. */
  drawCode() {
    const { models } = this.config;
    const moved = models.filter(({ name }) => Object.keys(this.state.given[name] ?? {}).length);
    const line = ({ name, title }) => (models.length > 1 ? `# ${title}\n` : "") + asPython(this.state.given[name]);
    this.code.textContent = moved.map(line).join("\n");
    this.copied.hidden = !moved.length;
  }

  requestFor(model) {
    const { hidden, unread, prefix, given } = this.state;
    const { numbers } = this.pair;
    return { source: numbers, prefix: prefix.slice(0, this.step), hidden, unread, given: given[model] ?? {} };
  }

  /** Ask for the present state; while an answer is awaited, later changes wait and are asked for once. */
  async refresh() {
    this.asking = true;
    try {
      while (this.stale && !this.closed) {
        this.stale = false;
        const asked = this.state;
        const names = this.config.models.map(({ name }) => name);
        const answers = await Promise.all(names.map((name) => this.engine.ask(name, this.requestFor(name))));
        if (!this.closed && this.isStill(asked)) this.drawAnswers(answers);
      }
    } catch (error) {
      this.say(error.message);
    } finally {
      this.asking = false;
    }
  }

  /** Whether the same step of the same sentence is asked about: only weights may have moved since. */
  isStill({ pair, prefix, hidden, unread }) {
    const now = this.state;
    return pair === now.pair && prefix === now.prefix && hidden === now.hidden && unread === now.unread;
  }

  drawAnswers(answers) {
    this.panels.forEach((panel, i) => panel.draw(answers[i]));
    this.tell();
  }

  /** Say the next word, a moment after the last change. */
  tell() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const told = this.panels.map((panel) => panel.told());
      this.say(told.join(" "));
    }, SAY_AFTER);
  }

  say(text) {
    clearTimeout(this.timer);
    this.said.textContent = text;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.engine.close();
    this.root.replaceChildren();
  }
}

/** What one model makes of the state: weights to drag, its context, and the next word. */
class Panel {
  constructor(view, model) {
    Object.assign(this, { view, model });
    this.title = make("p", { className: "pg-title" }, model.title);
    this.rows = make("ol", { className: "pg-weights" });
    this.own = make("button", { type: "button", onclick: () => view.give(model.name, null) }, said("The model's own weights"));
    this.context = make("div", { className: "pg-context", role: "img" });
    this.next = make("ol", { className: "pg-next" });
    const name = (text) => make("p", { className: "pg-name" }, text);
    this.stepName = name("");
    this.element = make(
      "div",
      { className: "pg-model", role: "group", ariaLabel: model.title },
      ...[this.title, this.stepName, this.rows, this.own, name(said("Context: what it reads")), this.context, name(said("Next word")), this.next],
    );
    this.next.append(...Array.from({ length: SHOWN_WORDS }, () => this.wordRow()));
  }

  wordRow() {
    const bar = make("span", { className: "pg-bar-of" }, make("i"), make("em"));
    const word = make("span", { className: "pg-word" }, make("span", { lang: "ko" }), " ", make("small"));
    const texts = [word, bar, make("b")];
    const act = () => this.view.write(Number(button.dataset.number));
    const button = make("button", { type: "button", title: said("Write this word"), onclick: act }, ...texts);
    return make("li", {}, button);
  }

  drawSentence() {
    this.base = null;
    const rows = this.view.pair.source.map((word, place) => {
      const move = () => this.move(place, Number(slider.value));
      const done = () => (this.base = null);
      const slider = make("input", { type: "range", min: 0, max: 1, step: 0.01, oninput: move, onchange: done });
      const label = make("label", {}, make("span", {}, word), make("span", { className: "pg-slide" }, slider, make("em")));
      slider.setAttribute("aria-label", said("Weight of {word}", { word }));
      return make("li", {}, label, make("b"));
    });
    this.rows.replaceChildren(...rows);
  }

  /** A weight was moved; during one drag the rest keeps its proportions of the beginning, and it is one change. */
  move(place, value) {
    const { view } = this;
    const first = this.base === null;
    if (first) this.base = this.weights;
    view.give(this.model.name, moveWeight(this.base, place, value, view.state.hidden), { remember: first });
  }

  get weights() {
    return this.view.state.given[this.model.name]?.[this.view.step] ?? this.answer.own;
  }

  draw(answer) {
    this.answer = answer;
    const { view } = this;
    const weights = this.weights;
    this.stepName.textContent = said("Weights of step {step}, which writes word {word}", { step: view.step, word: view.step + 1 });
    this.own.disabled = !view.state.given[this.model.name]?.[view.step];
    [...this.rows.children].forEach((item, place) => this.drawWeight(item, place, weights[place]));
    this.drawContext(answer);
    this.drawNext(answer);
  }

  drawWeight(item, place, weight) {
    const slider = item.querySelector("input");
    const text = weight.toFixed(2);
    if (Math.abs(Number(slider.value) - weight) > 0.004) slider.value = weight;
    slider.setAttribute("aria-valuetext", text);
    slider.disabled = this.view.state.hidden.includes(place);
    slider.style.setProperty("--weight", weight);
    item.querySelector("em").style.setProperty("--own", this.answer.own[place]);
    item.lastChild.textContent = slider.disabled ? said("hidden") : text;
  }

  /** A bar up or down for each number; behind it in grey what the model itself would read. */
  drawContext({ context, ownContext }) {
    const length = (numbers) => Math.hypot(...numbers);
    const most = Math.max(1e-9, ...context.map(Math.abs), ...ownContext.map(Math.abs));
    const bars = (numbers) => numbers.map((x, i) => `M${i + 0.5} 20V${(20 - (19 * x) / most).toFixed(2)}`).join("");
    const size = context.length;
    if (this.context.dataset.size !== String(size)) {
      const path = (kind) => `<path class="${kind}" fill="none"/>`;
      this.context.innerHTML = `<svg viewBox="0 0 ${size} 40" preserveAspectRatio="none">${path("own")}${path("now")}</svg>`;
      this.context.dataset.size = size;
    }
    const [own, now] = this.context.querySelectorAll("path");
    own.setAttribute("d", bars(ownContext));
    now.setAttribute("d", bars(context));
    const change = length(context.map((x, i) => x - ownContext[i])) / Math.max(1e-9, length(ownContext));
    const told = change < 0.005 ? said("what the model itself would read") : said("moved by {share} of its length", { share: percent(change) });
    this.context.ariaLabel = said("{size} numbers, {told}", { size, told });
  }

  drawNext({ probabilities, ownProbabilities }) {
    const order = probabilities.map((share, number) => [share, number]).sort((a, b) => b[0] - a[0]);
    const { words } = this.view;
    [...this.next.children].forEach((item, place) => {
      const [share, number] = order[place];
      const [button] = item.children;
      const [{ firstChild: word, lastChild: gloss }, bar, value] = button.children;
      button.dataset.number = number;
      word.textContent = words.target[number];
      gloss.textContent = words.glosses[number];
      value.textContent = percent(share);
      bar.children[0].style.width = `${100 * share}%`;
      bar.children[1].style.setProperty("--own", ownProbabilities[number]);
    });
    this.best = order[0];
  }

  told() {
    const [share, number] = this.best;
    const next = { model: this.model.title, word: this.view.korean(number), share: percent(share) };
    return this.view.panels.length > 1 ? said("{model}: next word {word}, {share}.", next) : said("Next word {word}, {share}.", next);
  }
}

/** A task on a page: its text, what it needs to be told, and what the judge says. */
class TaskBox {
  constructor(view, task) {
    Object.assign(this, { view, task, kept: {} });
    this.verdict = make("p", { role: "status", className: "pg-verdict" });
    const fields = { swap: () => [], free: () => this.keepers(), hide: () => this.shares() }[task.kind]();
    const button = make("button", { type: "button", onclick: () => this.judge() }, said("Check"));
    const title = make("p", { className: "pg-title" }, task.title);
    const parts = [title, make("p", {}, task.text), ...fields, button, this.verdict];
    this.element = make("div", { className: "pg-task", role: "group", ariaLabel: task.title }, ...parts);
  }

  /** Two buttons, each of which keeps the weights as they are now. */
  keepers() {
    return ["free", "needed"].map((name) => {
      const shown = make("code");
      const keep = () => {
        this.kept[name] = this.moved();
        shown.textContent = asPython(this.kept[name]);
      };
      return make("p", {}, make("button", { type: "button", onclick: keep }, said("Keep as {name}", { name })), " ", shown);
    });
  }

  /** Three fields for what was read off, in per cent. */
  shares() {
    return Object.keys(this.task.places).map((name) => {
      const tell = () => (this.kept[name] = field.value === "" ? null : Number(field.value) / 100);
      const field = make("input", { type: "number", min: 0, max: 100, oninput: tell });
      return make("p", {}, make("label", {}, `${said("{name} hidden:", { name })} `, field, " %"));
    });
  }

  /** The weights that were moved, rounded as they are copied. */
  moved() {
    const round = (weights) => weights.map((weight) => Number(weight.toFixed(2)));
    return mapped(this.view.state.given[this.task.model] ?? {}, round);
  }

  judge() {
    const answer = this.task.kind === "swap" ? this.moved() : this.kept;
    const cause = this.view.engine.judge(this.task, answer);
    this.verdict.textContent = cause ? `✗ ${this.task.causes[cause]}` : `✓ ${this.task.right}`;
    this.verdict.classList.toggle("pg-right", !cause);
  }
}

function name(root, label, language) {
  root.classList.add("playground");
  if (language) root.lang = language;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", label);
}

/** Put a playground into an element; the still picture that stands there gives way. Returns what closes it. */
export function mount(root, config, engine) {
  texts = config.texts ?? {};
  name(root, said("Playground: move attention"), config.language);
  const view = new View(root, config, engine);
  return () => view.close();
}

// --------------------------------------------------------------------- the example by hand of lesson 3, to be changed

/**
 * All steps of the example: scores, weights, context and the cell's new state for each word that is written.
 *
 * The cell is the plain one of lesson 1: tanh of what it keeps of its state, the context, and the word that it reads.
 */
export function stepByHand({ states, start, layer, output, words, kept }) {
  const steps = [];
  let state = start;
  for (const word of words) {
    const unit = (row, h) => Math.tanh(sumOf([...state, ...h].map((x, i) => row[i] * x)));
    const scores = states.map((h) => sumOf(layer.map((row, i) => output[i] * unit(row, h))));
    const weights = softmax(scores);
    const context = Array.from(mix(weights, states));
    const before = state;
    state = context.map((c, i) => Math.tanh(kept * before[i] + c + word[i]));
    steps.push({ before, scores, weights, context, state });
  }
  return steps;
}

const vector = (numbers) => `[${numbers.map((x) => x.toFixed(2)).join(", ")}]`;

/** The stepper: numbers to change, and what follows from them at one step, with what it was before. */
class Stepper {
  constructor(root, config) {
    Object.assign(this, { root, config, at: 0 });
    this.said = make("p", { className: "pg-said", role: "status" });
    this.shown = make("ol", { className: "pg-flow" });
    this.reset();
  }

  reset() {
    this.numbers = structuredClone(this.config.numbers);
    this.build();
    this.draw();
  }

  build() {
    const { numbers } = this;
    const fields = [
      this.fields(said("h1, the state after {word}", { word: this.config.source[0] }), [[numbers.states[0]]]),
      this.fields(said("dh0, the decoder's first state"), [[numbers.start]]),
      this.fields(said("the layer: two units, each for dh and then h"), [numbers.layer]),
    ];
    const option = (word, i) => make("option", { value: i }, said("before {word}", { word }));
    const choose = make("select", { onchange: () => this.go(Number(choose.value)) }, ...this.config.target.map(option));
    choose.value = this.at;
    const reset = make("button", { type: "button", onclick: () => this.reset() }, said("Reset"));
    const bar = make("div", { className: "pg-bar" }, make("label", {}, `${said("Step")} `, choose), reset);
    this.root.replaceChildren(bar, make("div", { className: "pg-numbers" }, ...fields), this.shown, this.said);
  }

  /** A field for each number of some rows, which change in place. */
  fields(name, [rows]) {
    const lines = rows.map((row, r) =>
      make("div", {}, ...row.map((number, i) => {
        const act = () => this.change(row, i, field);
        const place = { name, unit: r + 1, number: i + 1 };
        const label = rows.length > 1 ? said("{name}, unit {unit}, number {number}", place) : said("{name}, number {number}", place);
        const field = make("input", { type: "number", step: 0.1, min: -9, max: 9, value: number, ariaLabel: label, oninput: act });
        return field;
      })),
    );
    return make("fieldset", {}, make("legend", {}, name), ...lines);
  }

  change(row, i, field) {
    if (!field.validity.valid && !field.validity.stepMismatch) return;
    row[i] = Number(field.value);
    this.draw();
  }

  go(at) {
    this.at = at;
    this.draw();
  }

  draw() {
    const { source, target } = this.config;
    const [now, was] = [this.numbers, this.config.numbers].map((numbers) => stepByHand(numbers)[this.at]);
    const number = this.at + 1;
    const each = (kind) => source.map((word, i) => this.line(word, now[kind][i].toFixed(2), was[kind][i].toFixed(2), kind === "weights" && now.weights[i]));
    const one = (kind, name) => [this.line(name, vector(now[kind]), vector(was[kind]))];
    const part = (title, lines) => make("li", {}, make("p", { className: "pg-name" }, title), ...lines);
    this.shown.replaceChildren(
      part(said("Query: the decoder's state before {word}", { word: target[this.at] }), one("before", `dh${this.at}`)),
      part(said("Scores"), each("scores")),
      part(said("Weights: softmax of the scores"), each("weights")),
      part(said("Context: the states, each times its weight"), one("context", `c${number}`)),
      part(said("Cell: its new state, from context, old state and the word before"), one("state", `dh${number}`)),
    );
    const best = source[now.weights.indexOf(Math.max(...now.weights))];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.said.textContent = said("It looks most at {best}; dh{number} is {state}.", { best, number, state: vector(now.state) })), SAY_AFTER);
  }

  /** A name with its value, a bar for a weight, and what the value was where it has changed. */
  line(name, value, before, weight = false) {
    const bar = weight === false ? [] : [make("span", { className: "pg-bar-of pg-source-bar" }, make("i"))];
    if (bar.length) bar[0].firstChild.style.width = `${100 * weight}%`;
    const changed = value === before ? [] : [make("small", {}, said("was {before}", { before }))];
    return make("p", { className: "pg-line" }, make("span", {}, name), make("b", {}, value), ...bar, ...changed);
  }

  close() {
    clearTimeout(this.timer);
    this.root.replaceChildren();
  }
}

/** Put a stepper into an element. Returns what closes it. */
export function mountStepper(root, config) {
  texts = config.texts ?? {};
  name(root, said("Attention by hand: change a number"), config.language);
  const stepper = new Stepper(root, config);
  return () => stepper.close();
}

// --------------------------------------------------------------------------------------- in notebooks and on pages

/** What anywidget calls. */
function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  const config = model.get("config");
  const still = document.querySelector(`[data-playground-still="${config.still}"]`);
  const picture = still?.closest(".jp-OutputArea-child") ?? still;
  if (picture) picture.style.display = "none";
  const close = config.numbers ? mountStepper(root, config) : mount(root, config, new KernelEngine(model));
  return () => {
    close();
    root.remove();
    if (picture) picture.style.display = "";
  };
}

/** Bring every still picture of a page to life whose models lie in the page. */
export function mountPage(page) {
  const read = {};
  for (const data of page.querySelectorAll("script[data-playground-model]")) {
    read[data.dataset.playgroundModel] = unpack(fromBase64(data.textContent));
  }
  for (const root of page.querySelectorAll("[data-playground]")) {
    const config = JSON.parse(root.dataset.playground);
    if (!config.models.every(({ name }) => name in read)) continue;
    const { words } = read[config.models[0].name];
    mount(root, { ...config, words }, new PageEngine(read));
  }
  for (const root of page.querySelectorAll("[data-stepper]")) mountStepper(root, JSON.parse(root.dataset.stepper));
}

export default { render };

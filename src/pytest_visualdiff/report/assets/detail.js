// The chosen row: its name, what can be done, its pictures, and what is known of it.

import { counted, el, fill, icon, seconds } from "./dom.js";
import { groupTitle, pictureUrl } from "./data.js";
import { block, limitsOf, message, notes, past, provenance, regionItem, regionList } from "./facts.js";
import { overview } from "./overview.js";
import { percent, sceneOf, stepScene, sweepScene } from "./scene.js";
import { Stage } from "./stage.js";
import { Tools } from "./tools.js";

const FEW = 48; // members of a group that are shown as pictures at once

/** The main part of the page. */
export class Detail {
  constructor(state, acts) {
    this.state = state;
    this.acts = acts;
    this.stage = new Stage({
      onView: (scale) => this.tools?.showScale(scale),
      onRegion: (number) => this.goTo(number),
    });
    this.tools = new Tools(this.stage);
    this.step = 0;
    this.node = el("main", { id: "detail", tabindex: "-1" });
    state.subscribe((what) => this.update(what));
  }

  get row() { return this.state.chosen; }

  update(what) {
    if (what === "rows") return;
    if (what === "decided" && this.row && this.acting && this.shownKey === this.row.key) {
      this.acting.replaceWith(this.acting = this.acts.bar(this.row));
      return;
    }
    this.show();
  }

  show() {
    const { row } = this;
    this.shownKey = row?.key;
    this.step = 0;
    this.acting = null;
    this.node.scrollTop = 0;
    if (!row) fill(this.node, overview(this.state));
    else if (!row.entry) fill(this.node, this.head(row), this.groupCards(row));
    else fill(this.node, this.head(row), this.looking(row.entry));
    if (row?.entry?.journey?.steps.length) this.goToStep(this.step);
    this.node.dataset.shows = row ? row.entry?.type || "group" : "overview";
  }

  head(row) {
    const entry = row.entry || row.members[0];
    this.acting = this.acts.bar(row);
    return el("header", { class: "head" },
      el("button", { type: "button", class: "quiet back", onclick: () => delete document.body.dataset.pane }, icon("back"), "List"),
      el("h1", {}, row.entry ? entry.title : groupTitle(row.group)),
      row.entry
        ? el("p", { class: "facts-line" },
          el("span", { class: `badge ${entry.shown.tone}` }, icon(entry.shown.sign), entry.shown.word),
          entry.variant && el("span", { class: "badge" }, entry.variant),
          entry.flaky && el("span", { class: "badge rest" }, "flaky: attempts did not agree"),
          el("code", {}, entry.test))
        : el("p", { class: "facts-line" }, el("span", { class: "badge" }, icon("group"), counted(row.members.length, "check")),
          "What changed is the same in all of them: one decision for all."),
      this.acting);
  }

  looking(entry) {
    if (entry.type === "journey") return this.journey(entry.journey);
    const { content } = this.state;
    const { check } = entry;
    const sweep = entry.type === "sweep";
    const scene = sweep ? sweepScene(check.sweep, content) : sceneOf(check, content);
    const words = sweep ? this.findings(check.sweep) : regionList(check, entry.limits, (number) => this.goTo(number));
    const facts = el("aside", { class: "facts", "aria-label": "About this check" },
      words, notes(check), this.alike(entry), provenance(check), past(entry, content, this.acts.client), limitsOf(entry.limits), message(check, !words));
    if (!scene.panes.length) return el("div", { class: "body" }, el("p", { class: "gone" }, noPicture(entry)), facts);
    return this.body(scene, facts);
  }

  body(scene, facts, before) {
    const node = el("div", { class: "body" }, el("div", { class: "looking" }, before, this.tools.node, this.stage.node), facts);
    this.stage.show(scene);
    this.tools.update();
    return node;
  }

  findings(sweep) {
    const items = [...sweep.findings].sort((one, other) => one.known - other.known || one.number - other.number).map((one) =>
      regionItem(one.number, one.kind, one.message, [
        !one.message.includes(one.selector) && one.selector, `in ${one.browser}`, `confidence ${percent(one.confidence)}`,
        one.consequences > 0 && `and ${counted(one.consequences, "consequence")}`,
        one.known && `known${one.until ? ` until ${one.until}` : ""}`,
      ].filter(Boolean).join(" · "), (number) => this.goTo(number), one.known ? "quiet" : ""));
    return block(`Findings against ${sweep.reference}`, items.length ? el("ol", { class: "regions" }, items) : el("p", {}, "The browsers agree."));
  }

  alike(entry) {
    const members = entry.group && this.state.groups.get(entry.group.id);
    return members && block("The same change", el("p", {}, `Also in ${counted(members.length - 1, "other check")}: ${groupTitle(entry.group)}`));
  }

  /** Goes to a region, in the pictures and in the list of words. */
  goTo(number) {
    this.stage.goTo(number);
    for (const node of this.node.querySelectorAll(".region")) node.classList.toggle("chosen", Number(node.dataset.region) === number);
    const facts = this.node.querySelector(".facts");
    // Below the pictures, the words would push them out of sight.
    if (getComputedStyle(facts).overflowY === "auto") facts.querySelector(".region.chosen")?.scrollIntoView({ block: "nearest" });
    const region = this.stage.scene.regions.find((one) => one.number === number);
    document.getElementById("live").textContent = region ? `Region ${region.label}. ${region.message || ""}` : "";
  }

  /** The next region or step, or the one before. */
  nextRegion(by) {
    if (this.row?.entry?.type === "journey") this.goToStep(this.step + by);
    else if (this.row?.entry && this.stage.scene?.regions.length) {
      const numbers = this.stage.scene.regions.map((one) => one.number);
      const at = numbers.indexOf(this.stage.chosen);
      this.goTo(numbers[at < 0 ? (by > 0 ? 0 : numbers.length - 1) : (at + by + numbers.length) % numbers.length]);
    }
  }

  groupCards(row) {
    const more = row.members.length - FEW;
    const cards = row.members.slice(0, FEW).map((entry) => {
      const { check } = entry;
      const src = pictureUrl(check.diff || check.actual || check.expected, this.state.content);
      return el("li", {}, el("button", { type: "button", class: "shot", onclick: () => this.openMember(row, entry) },
        src && el("img", { src, alt: "", loading: "lazy", decoding: "async" }), el("b", {}, entry.title), el("small", {}, entry.variant)));
    });
    return el("div", { class: "body" }, el("ul", { class: "shots" }, cards, more > 0 && el("li", { class: "dim" }, `and ${counted(more, "more")}`)));
  }

  openMember(row, entry) {
    if (!this.state.open.has(row.group.id)) this.state.toggleGroup(row.group.id);
    this.state.choose(this.state.rows.find((one) => one.key === entry.id) || row);
  }

  journey(journey) {
    this.strip = el("ol", { class: "strip", "aria-label": "Steps" });
    this.aside = el("aside", { class: "facts", "aria-label": "About this step" });
    const broken = journey.steps.findIndex((step) => step.status === "failed");
    this.step = Math.max(0, broken);
    fill(this.strip, journey.steps.map((step, index) => this.frame(step, index)));
    if (!journey.steps.length) return el("p", { class: "gone" }, "This journey took no step.");
    return this.body(stepScene(journey.steps[this.step], this.state.content), this.aside, this.strip);
  }

  frame(step, index) {
    const src = pictureUrl(step.picture, this.state.content);
    return el("li", {}, el("button", { type: "button", class: `frame ${step.status}`, onclick: () => this.goToStep(index) },
      src ? el("img", { src, alt: "", loading: "lazy", decoding: "async" }) : el("span", { class: "blank" }),
      el("b", {}, `${step.number} ${step.action.replaceAll("_", " ")}`), el("small", {}, step.what),
      step.status === "failed" && el("span", { class: "badge bad" }, icon("trouble"), "failed")));
  }

  goToStep(index) {
    const { steps } = this.row.entry.journey;
    this.step = Math.min(steps.length - 1, Math.max(0, index));
    const step = steps[this.step];
    this.strip.childNodes.forEach((node, at) => {
      if (at === this.step) node.firstChild.setAttribute("aria-current", "step");
      else node.firstChild.removeAttribute("aria-current");
    });
    this.strip.childNodes[this.step].scrollIntoView({ block: "nearest", inline: "nearest" });
    this.stage.show(stepScene(step, this.state.content));
    this.tools.update();
    fill(this.aside, stepFacts(step, this.state.content));
    document.getElementById("live").textContent = `Step ${step.number}: ${step.action} ${step.what}, ${step.status}`;
  }
}

function stepFacts(step, content) {
  const score = (value) => (value === null || value === undefined ? null : percent(value));
  const rows = [
    ["Status", step.status], ["Found with", score(step.confidence)], ["Required", score(step.required)],
    ["Next best place", score(step.runner_up)], ["Margin", score(step.margin)], ["Took", seconds(step.duration)], ["Where", step.location],
  ].filter(([, value]) => value);
  return [
    block(`Step ${step.number}: ${step.action.replaceAll("_", " ")} ${step.what}`, el("table", { class: "made" }, el("tbody", {},
      rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))))),
    step.message && el("pre", {}, step.message),
    step.template && block("Looked for", el("img", { class: "template", src: pictureUrl(step.template, content), alt: `template of ${step.what}` })),
  ];
}

function noPicture(entry) {
  if (entry.status === "match") return entry.type === "sweep" ? "The browsers agree, so no picture was kept." : "It matches its baseline, so no picture of this run was kept.";
  return "No picture was kept. The message says why.";
}

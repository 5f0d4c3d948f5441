// The chosen row: its name, what can be done, its pictures, and what is known of it.

import { byId, counted, el, fill, icon, messageParts, durationText } from "./dom.js";
import { groupTitle, pictureUrl } from "./data.js";
import { block, limitsTable, messageText, noteList, historyBlock, provenance, regionItem, regionList } from "./facts.js";
import { overview } from "./overview.js";
import { crops } from "./crops.js";
import { percentText, reasonsOf, sceneOf, stepScene, sweepScene } from "./scene.js";
import { Stage } from "./stage.js";
import { Tools } from "./tools.js";

/**
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {import("./state.js").State} State
 */

const FEW = 48; // members of a group that are shown as pictures at once

/** The main part of the page. */
export class Detail {
  /**
   * @param {State} state
   * @param {Actions} actions
   */
  constructor(state, actions) {
    this.state = state;
    this.actions = actions;
    this.stage = new Stage({
      onView: (scale) => this.tools?.showScale(scale),
      onRegion: (number) => this.goTo(number),
    });
    this.tools = new Tools(this.stage);
    /** @type {Outline | null} The element that stays outlined. */
    this.outlined = null;
    /** Which step of a journey is shown. */
    this.step = 0;
    /** The key of the row that is shown. */
    this.shownKey = "";
    /** @type {HTMLElement | null} What can be done with the row. */
    this.controls = null;
    /** The steps of a journey, and what is known of the chosen one. */
    this.strip = el("ol");
    this.aside = el("aside");
    this.node = el("main", { id: "detail", tabindex: "-1" });
    state.subscribe((change) => this.update(change));
  }

  /** The row that is shown; null for the overview. */
  get row() { return this.state.chosen; }

  /**
   * Follows the state.
   *
   * @param {Change} change
   */
  update(change) {
    if (change === "rows") return;
    if (change === "decided" && this.row && this.controls && this.shownKey === this.row.key) {
      const controls = this.actions.controls(this.row);
      this.controls.replaceWith(controls);
      this.controls = controls;
      return;
    }
    this.show();
  }

  /** Shows the chosen row, or the overview. */
  show() {
    const { row } = this;
    this.shownKey = row?.key || "";
    this.step = 0;
    this.controls = null;
    this.node.scrollTop = 0;
    if (!row) fill(this.node, overview(this.state));
    else if (!row.entry) fill(this.node, this.head(row), this.groupCards(row));
    else fill(this.node, this.head(row), this.entryBody(row.entry));
    if (row?.entry?.journey) this.goToStep(row.entry.journey, this.step);
    this.node.dataset.shows = row ? row.entry?.type || "group" : "overview";
  }

  /**
   * The name of a row, its facts in short, and what can be done.
   *
   * @param {Row} row
   */
  head(row) {
    const entry = row.entry || row.members[0];
    this.controls = this.actions.controls(row);
    return el("header", { class: "head" },
      el("button", { type: "button", class: "quiet back", onclick: () => { delete document.body.dataset.pane; } }, icon("back"), "List"),
      el("h1", {}, row.entry ? entry.title : messageParts(groupTitle(row.group))),
      row.entry
        ? el("p", { class: "facts-line" },
          el("span", { class: `badge ${entry.shown.tone}` }, icon(entry.shown.sign), entry.shown.word),
          entry.variant && el("span", { class: "badge" }, entry.variant),
          entry.flaky && el("span", { class: "badge rest" }, "flaky: attempts did not agree"),
          el("code", {}, entry.test))
        : el("p", { class: "facts-line" }, el("span", { class: "badge" }, icon("group"), counted(row.members.length, "check")),
          "What changed is the same in all of them: one decision for all."),
      this.controls);
  }

  /**
   * The pictures of an entry, and what is known of it.
   *
   * @param {Entry} entry
   */
  entryBody(entry) {
    if (entry.type === "journey") return this.journey(entry.journey);
    const { content } = this.state;
    const { check, sweep } = entry;
    const scene = sweep ? sweepScene(sweep, content) : sceneOf(check, content);
    const words = sweep ? this.findings(sweep) : regionList(check, reasonsOf(check), {
      onRegion: (number) => this.goTo(number),
      onReason: (reason, chosen) => this.outline(reason, chosen),
      onLeave: () => this.stage.outlineElement(this.outlined),
    });
    const facts = el("aside", { class: "facts", "aria-label": "About this check" },
      words, noteList(check), this.sameChange(entry), provenance(check), historyBlock(entry, content, this.actions.client), limitsTable(entry.limits), messageText(check, !words));
    if (!scene.panes.length) return el("div", { class: "body" }, el("p", { class: "gone" }, noPicture(entry)), facts);
    return this.sceneBody(scene, facts);
  }

  /**
   * A scene on the stage, with words beside it.
   *
   * @param {Scene} scene
   * @param {HTMLElement} facts
   * @param {HTMLElement} [before] shown above the stage
   */
  sceneBody(scene, facts, before) {
    const node = el("div", { class: "body" }, el("div", { class: "looking" }, before, this.tools.node, this.stage.node), facts);
    this.outlined = null;
    this.stage.show(scene);
    this.tools.update();
    for (const item of this.regionItems(facts)) item.classList.toggle("chosen", Number(item.dataset.region) === scene.start);
    return node;
  }

  /**
   * The findings of a cross-browser check as a list; known ones come last.
   *
   * @param {Sweep} sweep
   */
  findings(sweep) {
    const sorted = [...sweep.findings].sort((one, other) => Number(one.known) - Number(other.known) || one.number - other.number);
    const items = sorted.map((one) =>
      regionItem(one.number, one.kind, one.message, [
        !one.message.includes(one.selector) && one.selector, `in ${one.browser}`, `confidence ${percentText(one.confidence)}`,
        one.consequences > 0 && `and ${counted(one.consequences, "consequence")}`,
        one.known && `known${one.until ? ` until ${one.until}` : ""}`,
      ].filter(Boolean).join(" · "), (number) => this.goTo(number), one.known ? "quiet" : ""));
    return block(`Findings against ${sweep.reference}`, items.length ? el("ol", { class: "regions" }, items) : el("p", {}, "The browsers agree."));
  }

  /**
   * How many other checks show the same change.
   *
   * @param {Entry} entry
   */
  sameChange(entry) {
    const members = entry.group && this.state.groups.get(entry.group.id);
    return entry.group && members && block("The same change", el("p", {}, `Also in ${counted(members.length - 1, "other check")}: ${groupTitle(entry.group)}`));
  }

  /**
   * Goes to a region, in the pictures and in the list of words.
   *
   * @param {number} number
   */
  goTo(number) {
    this.outlined = null;
    this.stage.goTo(number);
    for (const node of this.regionItems(this.node)) node.classList.toggle("chosen", Number(node.dataset.region) === number);
    const facts = this.node.querySelector(".facts");
    // Below the pictures, the words would push them out of sight.
    if (facts && getComputedStyle(facts).overflowY === "auto") facts.querySelector(".region.chosen")?.scrollIntoView({ block: "nearest" });
    const region = this.stage.scene?.regions.find((one) => one.number === number);
    byId("live").textContent = region ? `Region ${region.label}. ${region.message || ""}` : "";
  }

  /**
   * The regions in the list of words.
   *
   * @param {HTMLElement} node
   * @returns {NodeListOf<HTMLElement>}
   */
  regionItems(node) { return node.querySelectorAll(".region"); }

  /**
   * Outlines the element of a cause in the pictures; a chosen one stays, and is gone to.
   *
   * @param {Reason} reason
   * @param {boolean} chosen
   */
  outline({ cause, boxes }, chosen) {
    const outline = { label: cause.selector, boxes };
    if (!chosen) { this.stage.outlineElement(outline); return; }
    this.outlined = outline;
    this.stage.goToElement(outline);
    byId("live").textContent = cause.message;
  }

  /**
   * Goes to another region or step, so many further on.
   *
   * @param {number} by
   */
  nextRegion(by) {
    const entry = this.row?.entry;
    if (entry?.type === "journey") this.goToStep(entry.journey, this.step + by);
    else if (entry && this.stage.scene?.regions.length) {
      const numbers = this.stage.scene.regions.map((one) => one.number);
      const at = numbers.indexOf(this.stage.chosen);
      this.goTo(numbers[at < 0 ? (by > 0 ? 0 : numbers.length - 1) : (at + by + numbers.length) % numbers.length]);
    }
  }

  /**
   * The members of a group as small pictures.
   *
   * @param {GroupRow} row
   */
  groupCards(row) {
    const more = row.members.length - FEW;
    const cards = row.members.slice(0, FEW).map((entry) => {
      const { check } = entry;
      const src = check && pictureUrl(check.thumbnail, this.state.content);
      return el("li", {}, el("button", { type: "button", class: "shot", onclick: () => this.openMember(row, entry) },
        src && el("img", { src, alt: "", loading: "lazy", decoding: "async" }), el("b", {}, entry.title), el("small", {}, entry.variant),
        this.state.opened.has(entry.id) && el("small", { class: "good" }, "opened")));
    });
    const { check } = row.members[0];
    const cover = check && crops(check, this.state.content);
    return el("div", { class: "body" }, cover && el("div", { class: "cover" }, cover, el("small", {}, `${row.members[0].title} ${row.members[0].variant}: before and after`)), el("ul", { class: "shots" }, cards, more > 0 && el("li", { class: "dim" }, `and ${counted(more, "more")}`)));
  }

  /**
   * Shows a member of a group for itself.
   *
   * @param {GroupRow} row
   * @param {Entry} entry
   */
  openMember(row, entry) {
    if (!this.state.open.has(row.group.id)) this.state.toggleGroup(row.group.id);
    this.state.choose(this.state.rows.find((one) => one.key === entry.id) || row);
  }

  /**
   * The steps of a journey; the first that failed is shown.
   *
   * @param {Journey} journey
   */
  journey(journey) {
    this.strip = el("ol", { class: "strip", "aria-label": "Steps" });
    this.aside = el("aside", { class: "facts", "aria-label": "About this step" });
    const broken = journey.steps.findIndex((step) => step.status === "failed");
    this.step = Math.max(0, broken);
    fill(this.strip, journey.steps.map((step, index) => this.frame(journey, step, index)));
    if (!journey.steps.length) return el("p", { class: "gone" }, "This journey took no step.");
    return this.sceneBody(stepScene(journey.steps[this.step], this.state.content), this.aside, this.strip);
  }

  /**
   * A step as a small picture.
   *
   * @param {Journey} journey
   * @param {JourneyStep} step
   * @param {number} index
   */
  frame(journey, step, index) {
    const src = pictureUrl(step.picture, this.state.content);
    return el("li", {}, el("button", { type: "button", class: `frame ${step.status}`, onclick: () => this.goToStep(journey, index) },
      src ? el("img", { src, alt: "", loading: "lazy", decoding: "async" }) : el("span", { class: "blank" }),
      el("b", {}, `${step.number} ${step.action.replaceAll("_", " ")}`), el("small", {}, step.what),
      step.status === "failed" && el("span", { class: "badge bad" }, icon("trouble"), "failed")));
  }

  /**
   * Shows a step of the journey, the last one at most.
   *
   * @param {Journey} journey
   * @param {number} index
   */
  goToStep({ steps }, index) {
    if (!steps.length) return;
    this.step = Math.min(steps.length - 1, Math.max(0, index));
    const step = steps[this.step];
    [...this.strip.children].forEach((node, at) => {
      if (at === this.step) node.firstElementChild?.setAttribute("aria-current", "step");
      else node.firstElementChild?.removeAttribute("aria-current");
    });
    this.strip.children[this.step].scrollIntoView({ block: "nearest", inline: "nearest" });
    this.stage.show(stepScene(step, this.state.content));
    this.tools.update();
    fill(this.aside, stepFacts(step, this.state.content));
    byId("live").textContent = `Step ${step.number}: ${step.action} ${step.what}, ${step.status}`;
  }
}

/**
 * What is known of a step.
 *
 * @param {JourneyStep} step
 * @param {Content} content
 */
function stepFacts(step, content) {
  const score = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? null : percentText(value));
  const rows = [
    ["Status", step.status], [step.status === "failed" ? "Best place" : "Found with", score(step.confidence)], ["Required", score(step.required)],
    ["Next best place", score(step.runner_up)], ["Margin", score(step.margin)], ["Took", durationText(step.duration)], ["Where", step.location],
  ].filter(([, value]) => value);
  return [
    block(`Step ${step.number}: ${step.action.replaceAll("_", " ")} ${step.what}`, el("table", { class: "made" }, el("tbody", {},
      rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)))))),
    step.message && el("pre", {}, step.message),
    step.template && block("Looked for", el("img", { class: "template", src: pictureUrl(step.template, content), alt: `template of ${step.what}` })),
  ];
}

/**
 * Why there is no picture of an entry.
 *
 * @param {Entry} entry
 */
function noPicture(entry) {
  if (entry.status === "match") return entry.type === "sweep" ? "The browsers agree, so no picture was kept." : "It matches its baseline, so no picture of this run was kept.";
  return "No picture was kept. The message says why.";
}

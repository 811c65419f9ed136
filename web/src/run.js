// <gan-run>: one slider over the moments of two recorded runs. The page has their pictures, each a sheet of all moments
// side by side, and what to say of each moment; without this script it shows the last one.

import { element } from "./element.js";

const PACE = 900; // milliseconds of a moment, where it plays

class GanRun extends HTMLElement {
  connectedCallback() {
    if (this.slider) return;
    this.moments = JSON.parse(this.getAttribute("moments"));
    this.figures = [...this.querySelectorAll("figure")];
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const last = this.moments.length - 1;
    this.slider = element("input", { type: "range", min: 0, max: last, value: last, step: 1, oninput: () => this.moved() });
    this.step = element("output");
    this.button = element("button", { type: "button", onclick: () => (this.still ? this.next() : this.toggle()) });
    const label = element("label", {}, "Moment ", this.slider);
    this.querySelector(".runs").after(element("div", { class: "moments" }, this.button, label, this.step));
    this.show();
  }

  disconnectedCallback() {
    this.pause();
  }

  get last() {
    return this.moments.length - 1;
  }

  get moment() {
    return Number(this.slider.value);
  }

  /** Show the moment of the slider. */
  show() {
    const { at, said } = this.moments[this.moment];
    this.slider.setAttribute("aria-valuetext", at);
    this.step.textContent = at;
    this.button.textContent = this.still ? "Next moment" : this.playing ? "Pause" : "Play";
    this.figures.forEach((figure, i) => {
      const picture = figure.querySelector("img");
      picture.style.objectPosition = `${(100 * this.moment) / this.last}% 0`;
      picture.alt = `${figure.querySelector("strong").textContent}, ${at}: ${said[i]}.`;
      figure.querySelector("span").textContent = said[i];
    });
  }

  moved() {
    this.pause();
    this.show();
  }

  /** Go to the next moment; after the last, to the first. */
  next() {
    this.slider.value = (this.moment + 1) % (this.last + 1);
    this.show();
  }

  toggle() {
    if (this.playing) {
      this.pause();
    } else {
      this.playing = setInterval(() => this.advance(), PACE);
      if (this.moment === this.last) this.next();
    }
    this.show();
  }

  advance() {
    if (this.moment + 1 === this.last) this.pause();
    this.next();
  }

  pause() {
    clearInterval(this.playing);
    this.playing = null;
  }
}

customElements.define("gan-run", GanRun);

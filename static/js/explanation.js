/** <glyph-explanation>: why a mark was read so, fetched when it is opened; without it a link leads to a page that says it.
    <heat-maps>: a slider for how strongly the colours cover the mark. */

class GlyphExplanation extends HTMLElement {
  connectedCallback() {
    const template = this.querySelector("template");
    if (!template) return;
    this.replaceChildren(template.content);
    const details = this.querySelector("details");
    details.addEventListener("toggle", () => details.open && this.#load());
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      details.open = false;
      this.querySelector("summary").focus();
    });
  }

  #loading = false;

  async #load() {
    if (this.#loading) return;
    this.#loading = true;
    this.#tell("busy");
    try {
      const answer = await fetch(this.dataset.part);
      if (!answer.ok) throw new Error(answer.status);
      const part = document.createRange().createContextualFragment(await answer.text());
      this.querySelector(".why-content").replaceWith(part);
      const said = this.querySelector("[data-come]");
      said.textContent = said.dataset.come;
    } catch {
      this.#loading = false;
      this.#tell("failed");
    }
  }

  #tell(state) {
    for (const part of this.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  }
}

class HeatMaps extends HTMLElement {
  connectedCallback() {
    const slider = this.querySelector("input");
    slider.parentElement.hidden = false;
    slider.addEventListener("input", () => this.style.setProperty("--heat", slider.value / 100));
  }
}

customElements.define("glyph-explanation", GlyphExplanation);
customElements.define("heat-maps", HeatMaps);

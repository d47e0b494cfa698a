/** <reading-form>: says "Reading…" from sending its form until the answer comes, and sends it only once. */

class ReadingForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return; // the drawing or the file was not ready
      if (this.busy) event.preventDefault();
      this.busy = true;
    });
    // A page taken from the back-forward cache comes back as it was left: busy.
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) this.busy = false;
    });
  }

  get busy() {
    return this.hasAttribute("busy");
  }

  set busy(busy) {
    this.toggleAttribute("busy", busy);
    this.querySelector("form").ariaBusy = String(busy);
    for (const part of this.querySelectorAll("[data-when]")) {
      part.hidden = part.dataset.when !== (busy ? "busy" : "idle");
    }
  }
}

customElements.define("reading-form", ReadingForm);

/** Requests of the review queue. Whatever goes wrong is a SendingError whose message says so and what to do. */

const PATIENCE_MS = 15_000;
const REMEDIES = {
  403: "the site does not let you. Reload the page, and log in again if it asks you to.",
  503: "the site is busy. Try again in a moment.",
};

export class SendingError extends Error {}

/** What the site answers: { level, message, item, progress } as far as they apply, null for nothing. */
export async function ask(address, body) {
  let response;
  try {
    response = await fetch(address, {
      method: body ? "POST" : "GET",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      keepalive: Boolean(body), // an answer arrives though the page is left
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.ok) return response.status === 204 ? null : await response.json();
  } catch {
    throw new SendingError("the site cannot be reached. Check your connection and try again.");
  }
  if (response.type === "opaqueredirect") throw new SendingError("you are logged out. Reload the page to log in again.");
  throw new SendingError(REMEDIES[response.status] ?? "something broke on the site. Try again in a moment.");
}

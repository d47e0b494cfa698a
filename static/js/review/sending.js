/** Requests of the review queue. Whatever goes wrong is a SendingError whose message names it, as the page's sentences do. */

const PATIENCE_MS = 15_000;
const REASONS = { 403: "forbidden", 503: "busy" };

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
    throw new SendingError("unreachable");
  }
  if (response.type === "opaqueredirect") throw new SendingError("loggedOut");
  throw new SendingError(REASONS[response.status] ?? "broken");
}

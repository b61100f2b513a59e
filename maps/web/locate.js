// A caller's phone says where it is, once: the page shows who asks and why, and sends nothing before it is pressed.

const TOKEN = location.hash.slice(1);
const WAIT_MS = 30_000;
/** What a browser's error codes say (Geolocation API, section 3.4). @type {Record<number, string>} */
const FAILED = { 1: "denied", 2: "unavailable", 3: "timeout" };
const OVER = "This link is over. Ask the operator on the telephone for another one.";

const send = /** @type {HTMLButtonElement} */ (document.getElementById("send"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));

/** @param {string} path @param {Record<string, unknown>} body */
const post = (path, body) =>
  fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: TOKEN, ...body }),
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });

/** @param {string} text */
const tell = (text) => {
  said.textContent = text;
};

/** @param {string} id @param {string} text */
const write = (id, text) => {
  const element = document.getElementById(id);
  if (element) element.textContent = text;
};

const begin = async () => {
  const answer = TOKEN ? await post("/locate/about", {}) : null;
  if (!answer?.ok) return tell(OVER);
  const about = await answer.json();
  write("who", about.asked_by);
  write("why", about.why);
  send.hidden = false;
};

/** @param {GeolocationPosition} found */
const located = async ({ coords }) => {
  const body = { lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy };
  const answer = await post("/locate/answer", body);
  if (!answer.ok && answer.status !== 410) return again("It could not be sent. Press again.");
  send.hidden = true;
  tell(answer.ok ? "Thank you. It was sent. You can close this page." : OVER);
};

/** @param {GeolocationPositionError} error */
const failed = async (error) => {
  await post("/locate/answer", { failed: FAILED[error.code] ?? "unavailable" });
  again(
    error.code === 1
      ? "Your phone was not allowed to say where it is. Allow it and press again, or tell the operator."
      : "Your phone does not know where it is. Go outside or to a window and press again, or tell the operator.",
  );
};

/** @param {string} text */
const again = (text) => {
  send.disabled = false;
  tell(text);
};

send.addEventListener("click", () => {
  send.disabled = true;
  tell("Looking ...");
  const fault = () => again("It could not be sent. Press again.");
  navigator.geolocation.getCurrentPosition(
    (found) => located(found).catch(fault),
    (error) => failed(error).catch(fault),
    { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 },
  );
});

begin().catch(() => tell("This page cannot reach us. Tell the operator on the telephone where you are."));

// The page: takes a record from an address or a file, has it checked, and says what came of it.

import { FetchError, readLogKey, readPublished, readRecord, recordAddress } from "./fetching.mjs";
import { forget, keepTrust, recall, remember } from "./memory.mjs";
import { render } from "./result.mjs";
import { counted } from "./words.mjs";

const PATIENCE_MS = 120_000;

const byId = (id) => document.getElementById(id);
const verifier = byId("verifier");
const result = byId("result");
const say = (text) => { byId("say").textContent = text; };

let worker = null;
let running = 0;

function startWorker() {
  worker ??= new Worker(verifier.dataset.worker);
  return worker;
}

// Have a bundle checked beside the page.
function check(question, onProgress) {
  const beside = startWorker();
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => {
      beside.terminate();
      worker = null;
      reject(new FetchError("The check took too long and was stopped: the record is too complicated."));
    }, PATIENCE_MS);
    beside.onmessage = ({ data }) => {
      if (data.report || data.failed) {
        clearTimeout(patience);
      }
      if (data.report) {
        resolve(data.report);
      } else if (data.failed) {
        reject(new Error(data.failed));
      } else {
        onProgress(data);
      }
    };
    beside.onerror = () => reject(new FetchError("The program that checks could not be loaded. Load this page anew."));
    beside.postMessage(question);
  });
}

async function run(from, take) {
  const turn = ++running;
  result.replaceChildren();
  byId("progress").hidden = false;
  byId("progress").removeAttribute("value");
  try {
    if (!globalThis.crypto?.subtle) {
      throw new FetchError("This browser checks signatures only on pages that came by https.");
    }
    startWorker(); // it loads while the record is on its way
    say(from.origin ? `Fetching the record from ${new URL(from.origin).host} …` : "Reading the file …");
    const question = await take();
    const { bytes } = question;
    const report = await check({ ...question, bytes: bytes.slice(0), at: Date.now() }, ({ done, all }) => {
      byId("progress").max = all;
      byId("progress").value = done;
      say(`Checked ${done} of ${all} statements …`);
    });
    if (turn !== running) {
      return;
    }
    if (report.verdict === "authentic" || report.verdict === "withdrawn") {
      remember(report);
    }
    show(report, { ...from, bytes, silent: question.silent ?? [], unasked: question.unasked ?? 0 });
  } catch (error) {
    if (turn === running) {
      fail(error);
    }
  } finally {
    if (turn === running) {
      byId("progress").hidden = true;
    }
  }
}

function show(report, from) {
  result.replaceChildren(...render(report, { from, host: location.host, ask: () => askForKeys(from) }));
  const title = result.querySelector("h2");
  say(`Checked. ${title.textContent}.`);
  title.focus();
  listRemembered();
}

function fail(error) {
  const isOurs = error instanceof FetchError;
  say(isOurs ? error.message : `It could not be checked: the program failed (${error.message.split("\n")[0]}).`);
  if (!isOurs) {
    console.error(error);
  }
}

// What is believed: a trust file alone where there is one, else what was just published and what
// this device remembers.
function belief(published, logKeys) {
  const { trust, ...remembered } = recall();
  return trust ? { trust } : { remembered, published, logKeys };
}

const ownLogKeys = () => [{
  origin: verifier.dataset.logKey.split("+")[0], key: verifier.dataset.logKey, from: location.host,
}];

function checkAddress(text) {
  const url = recordAddress(text, location.origin);
  if (url === null) {
    byId("progress").hidden = true;
    say("This is no address of a battery. It looks like https://…/01/09506000134352/21/SERIAL.");
    return;
  }
  const isOwn = url.origin === location.origin;
  run({ origin: url.origin }, async () => {
    const [bytes, logKeys] = await Promise.all([readRecord(url), isOwn ? ownLogKeys() : readLogKey(url.origin)]);
    const { published, silent, unasked } = await readPublished(documentsIn(bytes), url.origin);
    return { bytes, silent, unasked, ...belief(published, logKeys) };
  });
}

function checkFile(file) {
  run({ file: file.name }, async () => ({ bytes: await file.arrayBuffer(), ...belief({}, []) }));
}

// A file's parties are asked only when the reader says so: it tells them who looks.
function askForKeys(from) {
  run(from, async () => {
    const along = documentsIn(from.bytes);
    const origins = originsOf(from.bytes);
    const [{ published, silent, unasked }, ...logKeys] = await Promise.all([
      readPublished(along, null), ...origins.map(readLogKey),
    ]);
    return { bytes: from.bytes, silent, unasked, ...belief(published, logKeys.flat()) };
  });
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {}; // what is wrong with it is said by the check
  }
}

const credentialsIn = (bytes) => [parsed(bytes).presentation?.verifiableCredential ?? []].flat();

// Keys in the record: first those of whoever signs in it. Others may stand there in any number.
function documentsIn(bytes) {
  const along = Object(parsed(bytes).didDocuments);
  const issuers = credentialsIn(bytes).map((one) => one?.issuer).filter((did) => Object.hasOwn(along, did));
  return { ...Object.fromEntries(issuers.map((did) => [did, along[did]])), ...along };
}

// Hosts that the statements name as their own place, where their log gives its key.
function originsOf(bytes) {
  const found = credentialsIn(bytes).map((one) => one?.id).filter((id) => typeof id === "string" && URL.canParse(id));
  return [...new Set(found.map((id) => new URL(id).origin))].filter((origin) => origin !== "null").slice(0, 3);
}

async function takeTrust(file) {
  const trust = parsed(await file.arrayBuffer());
  if (typeof trust.dids !== "object" || !Array.isArray(trust.logs)) {
    say("This is no trust file: it names neither parties nor logs.");
    return;
  }
  say(keepTrust(trust)
    ? `From now on only whom ${file.name} names is believed here.`
    : "This browser keeps nothing for this page, so the trust file cannot be used.");
  listRemembered();
}

function listRemembered() {
  const { dids, logs, trust } = recall();
  const parties = Object.keys(trust?.dids ?? dids);
  byId("trusted").textContent = trust
    ? `Your trust file is used: ${counted(parties.length, "party", "parties")}, ${counted(trust.logs.length, "log", "logs")}.`
    : `This device remembers the keys of ${counted(parties.length, "party", "parties")} and ${counted(Object.keys(logs).length, "log", "logs")}.`;
  byId("forget").hidden = !trust && parties.length === 0;
}

function takeDropped(event) {
  event.preventDefault();
  byId("drop").classList.remove("drop--over");
  const [file] = event.dataTransfer.files;
  if (file) {
    checkFile(file);
  }
}

function install() {
  byId("without-script").hidden = true;
  verifier.hidden = false;
  byId("address-form").addEventListener("submit", (event) => {
    event.preventDefault();
    checkAddress(byId("address").value);
  });
  byId("file").addEventListener("change", ({ target }) => {
    if (target.files.length > 0) {
      checkFile(target.files[0]);
    }
    target.value = "";
  });
  byId("trust").addEventListener("change", ({ target }) => {
    if (target.files.length > 0) {
      takeTrust(target.files[0]);
    }
    target.value = "";
  });
  byId("forget").addEventListener("click", () => {
    forget();
    say("This device has forgotten all keys and your trust file.");
    listRemembered();
  });
  const drop = byId("drop");
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("drop--over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("drop--over"));
  drop.addEventListener("drop", takeDropped);
  listRemembered();
  const asked = new URLSearchParams(location.search).get("address") ?? "";
  byId("address").value = asked;
  // A link to this page may start a check of a record of this host, and of no other.
  if (recordAddress(asked, location.origin)?.origin === location.origin && asked !== "") {
    checkAddress(asked);
  }
  navigator.serviceWorker?.register(verifier.dataset.serviceWorker, { scope: "/verify" })
    .then(() => navigator.serviceWorker.ready)
    .then(() => { byId("offline").textContent = "This page now works without network, too."; })
    .catch(() => { byId("offline").textContent = "This browser does not keep this page for use without network."; });
}

install();

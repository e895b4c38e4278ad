// Passkeys: sign in, make one, sign an act. The page hashes what it shows itself and compares it with what is to be signed.
(() => {
  "use strict";
  document.documentElement.classList.add("script");
  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const fail = (button, why) => {
    const place = document.getElementById("failed");
    place.textContent = button.dataset.failed.replace("{why}", why);
    place.hidden = false;
    button.disabled = false;
  };
  const send = async (address, fields) => {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
    const type = answer.headers.get("content-type") ?? "";
    const said = type.startsWith("application/json") ? await answer.json() : { error: `${answer.status}` };
    if (!answer.ok || said.error) throw new Error(said.error ?? `${answer.status}`);
    return said;
  };
  const assertion = async (challenge) => {
    const made = await navigator.credentials.get({ publicKey: { challenge: decode(challenge), userVerification: "required", timeout: 120000 } });
    const given = made.response;
    return {
      authenticator_data: encode(given.authenticatorData),
      client_data: encode(given.clientDataJSON),
      signature: encode(given.signature),
      person: given.userHandle ? new TextDecoder().decode(given.userHandle) : "",
    };
  };

  const acts = {
    in: async (button) => {
      const { name, challenge, next } = button.dataset;
      const said = await send("/signin/passkey", { ...(await assertion(challenge)), challenge: name, next });
      location.assign(said.next);
    },
    act: async (button) => {
      const { act, challenge, csrf, mismatch } = button.dataset;
      const shown = new TextEncoder().encode(document.getElementById("payload").textContent);
      if (encode(await crypto.subtle.digest("SHA-256", shown)) !== challenge) throw new Error(mismatch);
      const said = await send(`/acts/${act}`, { ...(await assertion(challenge)), csrf });
      location.assign(said.next);
    },
    make: async (button) => {
      const { name, challenge, person, called, party } = button.dataset;
      const made = await navigator.credentials.create({
        publicKey: {
          challenge: decode(challenge),
          rp: { id: party, name: "Kansa" },
          user: { id: new TextEncoder().encode(person), name: called, displayName: called },
          pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -8 }],
          authenticatorSelection: { residentKey: "required", userVerification: "required" },
          attestation: "none",
        },
      });
      const given = made.response;
      const credential = JSON.stringify({
        id: made.id,
        rawId: encode(made.rawId),
        type: made.type,
        response: { attestationObject: encode(given.attestationObject), clientDataJSON: encode(given.clientDataJSON) },
      });
      const said = await send("/me/passkey", { csrf: document.body.dataset.csrf, challenge: name, credential });
      const place = document.getElementById("made");
      place.textContent = `echo '${said.line}' > passkey.pub\n${place.textContent}`;
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-sign]");
    if (!button) return;
    button.disabled = true;
    acts[button.dataset.sign](button).then(() => { button.disabled = false; }, (error) => fail(button, error.message));
  });
})();

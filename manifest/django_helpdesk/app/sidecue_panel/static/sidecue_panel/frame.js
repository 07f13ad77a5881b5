// Beside Sidecue's frame in the ticket's page: takes a ready reply into the comment box, and asks for a new address
// when the browser brings the page back from its history, because an address opens once.

(() => {
  const frame = document.querySelector("iframe[data-sidecue]");
  if (!frame) return;
  const sidecue = new URL(frame.src).origin;

  function insert(text) {
    const box = document.getElementById("commentBox");
    if (!box) return false;
    document.getElementById("respond-tab")?.click();
    // django-helpdesk takes a comment for a template: braces a customer wrote must stay text.
    const plain = text.replace(/\{(?=[{#])/g, "{ ");
    box.value = box.value.trim() ? `${box.value}\n\n${plain}` : plain;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    return true;
  }

  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== sidecue || data?.sidecue !== "insert") return;
    if (insert(String(data.text))) source.postMessage({ sidecue: "inserted", id: data.id }, origin);
  });

  async function renew() {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("iframe[data-sidecue]");
    if (fresh) frame.contentWindow.location.replace(fresh.src);
  }

  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") renew();
})();

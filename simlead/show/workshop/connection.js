// A connection that comes back by itself: after a lost one it tries again, at first soon, then more seldom.

const ROOM_IS_FULL = 1013;  // the server's code when it closes one connection too many
const REFUSED = [403, 404, 421];  // statuses of an address that stays refused: the page then says why

const FIRST_WAIT = 400, LONGEST_WAIT = 5000, SILENCE = 16000;  // milliseconds

// `heard` is called with each message, `begun` when a new connection stands, `lost` when one is lost (with why: the name
// of a text that the page's body has) or back (with nothing).
export function connection({heard, begun, lost}) {
  let socket = null, wait = FIRST_WAIT, since = 0, timer = null, asked = location.search;

  function open() {
    clearTimeout(timer);
    const address = new URL("socket", location.href.split(/[?#]/)[0]);
    address.protocol = "ws:";
    address.search = asked;
    const mine = socket = new WebSocket(address);
    since = Date.now();
    mine.addEventListener("message", ({data}) => {
      if (mine !== socket) return;
      since = Date.now();
      if (wait !== 0) {
        begun?.();
        lost("");
        wait = 0;
        asked = "";  // the language of the address is asked for once
      }
      const news = JSON.parse(data);
      if (Object.keys(news).length) heard(news);
    });
    mine.addEventListener("close", ({code}) => { if (mine === socket) again(code); });
  }

  function again(code) {
    socket = null;
    const {cookies} = document.body.dataset;
    lost(cookies && !navigator.cookieEnabled ? "cookies" : code === ROOM_IS_FULL ? "full" : "lost");
    if (wait !== 0) {  // it never stood: was the connection refused, or is there no server?
      fetch(location.href, {cache: "no-store"}).then(({status}) => { if (REFUSED.includes(status)) location.reload(); }, () => {});
    }
    wait = Math.min(LONGEST_WAIT, Math.max(FIRST_WAIT, 1.7 * wait));
    clearTimeout(timer);
    timer = setTimeout(open, wait * (0.75 + 0.5 * Math.random()));
  }

  // A page hears something every few seconds; a connection without a sound is lost, whatever the browser thinks of it.
  function check() {
    if (socket && Date.now() - since > SILENCE) {
      const old = socket;
      again();
      old.close();
    }
  }

  setInterval(check, 2000);
  addEventListener("online", () => { if (!socket) open(); });
  addEventListener("pageshow", (event) => { if (event.persisted && !socket) open(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (socket) check();
    else open();
  });
  open();
  return {
    send(message) {
      if (!socket || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
  };
}

// A connection that comes back by itself: after a lost one it tries again, at first soon, then more seldom.

const FIRST_WAIT = 400, LONGEST_WAIT = 5000, SILENCE = 16000;  // milliseconds

// `heard` is called with each message, `begun` when a new connection stands, `lost` when one is lost (true) or back.
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
        lost(false);
        wait = 0;
        asked = "";  // the language of the address is asked for once
      }
      const news = JSON.parse(data);
      if (Object.keys(news).length) heard(news);
    });
    mine.addEventListener("close", () => { if (mine === socket) again(); });
  }

  function again() {
    socket = null;
    lost(true);
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

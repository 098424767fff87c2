// The page of the sample: it shows what the backend says, and sends what the person enters.
const byId = id => document.getElementById(id);
const sections = ['enter', 'waiting', 'verified', 'over'];
const words = { call: 'Call me', sms: 'Text me instead', voice: 'Call me and say the code' };
const statuses = { SENT: 'On its way.', RINGING: 'Your phone is ringing.', DELIVERED: 'Delivered.', UNDELIVERED: 'It did not arrive.', REJECTED: 'It was refused.' };
let view = { state: 'enter' };

async function ask(path, body) {
  const response = await fetch(path, body === undefined
    ? {}
    : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) {
    return { ...view, error: 'The server did not answer. Please try again.' };
  }
  return response.json();
}

function show(next) {
  const changed = next.state !== view.state || next.method !== view.method;
  view = next;
  for (const id of sections) {
    byId(id).hidden = id !== view.state;
  }
  byId('error').hidden = !view.error;
  byId('error').textContent = view.error ?? '';
  if (view.state === 'waiting') {
    byId('hint').textContent = view.hint ?? (view.method === 'call'
      ? `You will get a call. Do not answer. Enter the last ${view.codeLength} digits of the number that calls.`
      : `Enter the ${view.codeLength} digits of the message.`);
    byId('code').maxLength = view.codeLength;
    byId('left').textContent = view.attemptsLeft == null ? '' : `Attempts left: ${view.attemptsLeft}`;
  }
  tick();
  if (changed) {
    (view.state === 'enter' ? byId('number') : view.state === 'waiting' ? byId('code') : document.body).focus();
  }
}

// What changes by time alone: the button that asks for the next method, and what callbacks said meanwhile.
function tick() {
  if (view.state !== 'waiting') {
    return;
  }
  byId('status').textContent = statuses[view.status] ?? '';
  const wait = Math.ceil(((view.nextAllowedAt ?? 0) - Date.now()) / 1000);
  byId('next').hidden = !view.nextMethod;
  byId('next').disabled = wait > 0;
  byId('next').textContent = (words[view.nextMethod] ?? 'Try another way') + (wait > 0 ? ` (in ${wait} s)` : '');
}

async function submit(path, body, button) {
  button.disabled = true;
  try {
    show(await ask(path, body));
  } catch {
    show({ ...view, error: 'No connection. Please try again.' });
  } finally {
    button.disabled = false;
    tick();
  }
}

byId('enter').addEventListener('submit', event => {
  event.preventDefault();
  submit('/api/start', { number: byId('number').value }, event.submitter);
});
byId('check').addEventListener('submit', event => {
  event.preventDefault();
  const code = byId('code').value;
  byId('code').value = '';
  submit('/api/check', { code }, event.submitter);
});
byId('next').addEventListener('click', event => submit('/api/next', {}, event.target));
for (const button of [byId('again'), ...document.querySelectorAll('.restart')]) {
  button.addEventListener('click', event => submit('/api/again', {}, event.target));
}

// Chromium on Android reads the text message itself, where its last line names this page (webOtpDomain).
if ('OTPCredential' in window) {
  navigator.credentials.get({ otp: { transport: ['sms'] } })
    .then(otp => { byId('code').value = otp.code; byId('check').requestSubmit(); })
    .catch(() => {});
}

setInterval(tick, 1000);
setInterval(async () => {
  if (view.state === 'waiting' && !document.hidden) {
    try {
      const { status } = await ask('/api/state');
      view = { ...view, status };
      tick();
    } catch {
      // The next one may do.
    }
  }
}, 2000);
show(await ask('/api/state'));

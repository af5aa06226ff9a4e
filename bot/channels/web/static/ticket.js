// The slip's QR code brings the ticket's code behind the #, which is never sent. It goes into the form and away.
const code = decodeURIComponent(location.hash.slice(1)).toUpperCase();
if (/^PA-\d{4}-\d{6,}$/.test(code)) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("code").value = code;
  document.getElementById("pin").focus();
}

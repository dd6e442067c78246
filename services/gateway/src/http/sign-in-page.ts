/** What a browser without the token sees. No script, no style from elsewhere: it has to work under the strictest policy. */
export const SIGN_IN_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Mooring: open it with your link</title>
</head>
<body>
<main>
<h1>Open Mooring with your link</h1>
<p>This browser has no token for this installation, or an old one.</p>
<p>The start of Mooring prints a link that ends in <code>/?token=…</code>. Open that link once; this browser is then
remembered for 30 days. To see the link again, run <code>npm start</code> in the folder of Mooring, or read the file
<code>secrets/gateway.token</code> in its data folder (<code>.mooring</code> unless told otherwise).</p>
<p>Tools send the token with every call: <code>Authorization: Bearer …</code>.</p>
</main>
</body>
</html>
`;

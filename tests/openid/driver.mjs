// An OpenID provider on loopback, certified software as schools run it: says its address, is then told where browsers come back to,
// and lets everybody in by the name that they type.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const packages = pathToFileURL(`${process.env.COUP_TEST_OPENID_PATH}/`);
const { default: Provider } = await import(new URL("oidc-provider/lib/index.js", packages));

let answer = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(issuer);

for await (const line of createInterface({ input: process.stdin })) {
    const { id, secret, redirect } = JSON.parse(line);
    const provider = new Provider(issuer, {
        clients: [{ client_id: id, client_secret: secret, redirect_uris: [redirect] }],
        pkce: { required: () => true },
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
        findAccount: (_, name) => ({
            accountId: name,
            claims: () => ({ sub: name, name, email: `${name}@school.kr`, email_verified: true }),
        }),
        cookies: { keys: ["of this test alone"] },
    });
    answer = provider.callback();
    console.log("ready");
}
// Whoever started it has ended.
process.exit(0);

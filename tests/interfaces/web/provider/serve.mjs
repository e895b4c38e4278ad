// A real OpenID provider for the tests: one client, PKCE required, whoever types a name is that name.
import { Provider } from "oidc-provider";
const [port, redirect] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "kansa-web", token_endpoint_auth_method: "none", redirect_uris: [redirect], grant_types: ["authorization_code"], response_types: ["code"] }],
  pkce: { required: () => true },
  cookies: { keys: ["test"] },
  features: { devInteractions: { enabled: true } },
});
provider.listen(Number(port), () => console.log("ready"));

package check_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/cbscript/cbscript/runtime/check"
)

// ruleCases are scripts that a rule is about, and near misses that it must leave alone.
type ruleCases struct {
	hits, misses []string
	opts         check.Options
}

var contextRules = map[string]ruleCases{
	"known-value": {
		hits:   []string{`x = "the-very-secret-value"`, `# the-very-secret-value`, `x = "the-very-" + "secret-value"`, `x = "THE-VERY-SECRET-VALUE"`},
		misses: []string{`x = "the-very-secret"`, `x = "the very secret value"`},
		opts:   check.Options{Known: []check.KnownValue{{Label: "token of profile lab", Value: "the-very-secret-value"}}},
	},
	"known-name": {
		hits:   []string{`x = "https://cb.customer.example/"`},
		misses: []string{`x = "https://cb.other.example/"`},
		opts:   check.Options{Known: []check.KnownValue{{Label: "host of profile lab", Value: "cb.customer.example", Name: true}}},
	},
	"known-value-short": {
		hits:   []string{`x = 1`},
		misses: nil,
		opts:   check.Options{Known: []check.KnownValue{{Label: "proxy password of profile lab", Value: "abc"}}},
	},
	"cb-defense-key": {
		hits: []string{`x = "{{key}}"`, `# {{key}}`, `"""{{key}}"""`, `f("a={{key}}&b")`, `x = "{{half}}" + "/" + "{{conn}}"`,
			`x = "{{half}}%2F{{conn}}"`, `x = b"{{key}}"`},
		misses: []string{`x = "{{up23}}/{{conn}}"`, `x = "{{up25}}/{{conn}}"`, `x = "{{half}}/{{up7}}"`, `x = "{{half}}/{{up11}}"`,
			`x = "{{half}}"`, `x = "XXXXXXXXXXXXXXXXXXXXXXXX/XXXXXXXXXX"`, `x = "c:/{{half}}/{{conn}}/x.exe"`},
	},
	"url-password": {
		hits: []string{`x = "http://bob:{{alnum9}}@proxy:8001/"`, `# amqp://cb:{{alnum9}}@10.0.0.1:5004`,
			`x = "https://{{alnum32}}@git.example/x.git"`, `x = "ftp://u:p@ss@host/x"`, `x = "http://bob:password@proxy"`},
		misses: []string{`x = "ssh://git@host/x"`, `x = "http://proxy:8001/a@b"`, `# http://user:password@proxy:8001/`,
			`x = "http://{}:{}@proxy"`, `x = "http://user:%s@proxy" % y`, `x = "https://host/?mail=a:b@c"`, `x = "a:b@c"`},
	},
	"auth-header": {
		hits: []string{`h = {"X-Auth-Token": "{{hex40}}"}`, `x = "X-Auth-Token:{{hex40}}"`, `# -H 'X-Auth-Token: {{alnum30}}'`,
			`h = {"Authorization": "Bearer {{alnum30}}"}`, `h["x-api-key"] = "{{alnum30}}"`, `h = {"authorization": "Splunk {{guid}}"}`,
			`x = "Authorization: Basic {{alnum24}}"`, `h = {"X-Auth-Token": ["{{hex40}}"]}`},
		misses: []string{`h = {"X-Auth-Token": token}`, `x = "X-Auth-Token: %s" % token`, `# X-Auth-Token: <token>`,
			`h = {"Accept": "application/json"}`, `x = "X-Auth-Token"`, `# Authorization: see the profile`, `x = "Authorization: Bearer"`},
	},
	"private-key": {
		hits: []string{"x = \"\"\"-----BEGIN RSA PRIVATE KEY-----\n{{pem}}\n-----END RSA PRIVATE KEY-----\"\"\"",
			`x = "-----BEGIN PRIVATE KEY-----\n{{pem}}\n"`, "# -----BEGIN OPENSSH PRIVATE KEY-----\n# {{pem}}\n",
			`x = ["-----BEGIN EC PRIVATE KEY-----", "{{pem}}"]`},
		misses: []string{`x = "-----BEGIN RSA PRIVATE KEY-----"`, "x = \"\"\"-----BEGIN PUBLIC KEY-----\n{{pem}}\"\"\"",
			`x = ["-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN DSA PRIVATE KEY-----"]`, `# -----BEGIN RSA PRIVATE KEY----- ...`},
	},
	"api-token-login": {
		hits: []string{`get_api_token("https://cb", "admin", p)`, `get_api_token("https://cb", u, "x")`,
			`get_api_token("https://cb", user="bob", password=p)`, `cb.get_api_token(url, u, "pw")`,
			"p = \"pw\"\nget_api_token(url, u, p)"},
		misses: []string{`get_api_token("https://cb", u, param("password"))`, `get_api_token("https://cb")`, `api_token("a", "b")`},
	},
	"secret-parameter": {
		hits: []string{`create(User, password="a b")`, `user.password = "changeme"`, `feed.ssl_client_key = "k"`,
			"x = \"pw\"\nuser.password = x", `update_user(u, passwordHash="0")`},
		misses: []string{`create(User, password=param("pw"))`, `user.password = ""`, `user.email = "a@example.com"`, `open_zip(password="infected")`},
		opts:   check.Options{Surface: surface{}},
	},
	"connection-credential": {
		hits:   []string{`CbApi("https://cb", "admin", p)`, `CbClient("https://cb", "{{hex40}}", False)`, `connect("lab", "{{alnum12}}")`},
		misses: []string{`connect("lab")`, `CbApi("https://cb", user, p)`, `CbResponseAPI(profile="lab")`, `f("https://cb.example/x", "admin", p)`},
	},
	"cb-response-token": {
		hits: []string{`x = token in ("{{hex40}}", "{{hex40}}")`, `token = "{{hex40}}"`, `f(token="{{hex40}}")`, `x = {"api_key": "{{hex40}}"}`, `# token {{hex40}}`,
			`# x.py -a {{hex40}}`, `x = "token={{hex40}}"`, `x.auth_token == "{{hex40}}"`, `def token(): return "{{hex40}}"`,
			`x = ("https://cb.example", "{{hex40}}")`, `f("u?token={{hex40}}")`, `def f(token="{{hex40}}"): pass`,
			"def f(u, token): pass\nf(1, \"{{hex40}}\")", `x = param("token", "{{hex40}}")`, "# token below\ny = \"{{hex40}}\"",
			"def f(): pass\n# the API token\nx = \"{{hex40}}\""},
		misses: []string{`sha1 = "{{hex40}}"`, `token = "{{hex38}}"`, `token = "0000000000000000000000000000000000000000"`,
			`x = ("https://vt.example/file/x", "{{hex40}}")`, `token_sha1 = "{{hex40}}"`, `token = param("{{low8}}")`},
	},
	"cb-protection-token": {
		hits: []string{`token = "{{guid}}"`, `eptoken = "{{GUID}}"`, `f(api_key="{{guid}}")`, `# API token: {{GUID}}`, `token = "{{guid1}}"`},
		misses: []string{`token = "{` + "{{GUID}}" + `}"`, `token_rule_id = "{{guid}}"`, `guid = "{{guid}}"`,
			`token = "{{guid}}-00000001"`, `token = "00000000-0000-0000-0000-000000000000"`},
	},
	"cb-defense-key-part": {
		hits: []string{`secret = "{{half}}"`, `# api key      {{half}}`, "# the API secret key\t{{half}}", `connector_id = "{{conn}}"`, `# API secret key: {{half}}`, `connectorId = "{{up8}}"`,
			`x = struct(connector="{{conn}}", key="{{half}}")`},
		misses: []string{`name = "{{half}}"`, `# serial  {{half}}`, `org_key = "{{up8}}"`, `serial = "{{half}}"`},
	},
	"hex-key": {
		hits:   []string{`vt_api_key = "{{hex64}}"`, `password = "{{hex32}}"`, `x = "apikey={{hex64}}&r=1"`, `# secret: {{hex64}}`},
		misses: []string{`key_hash = "{{hex64}}"`, `md5 = "{{hex32}}"`, `x = "{{hex64}}"`, `key = "{{hex32}}"`, `run_key = "{{hex64}}"`},
	},
	"assigned-secret": {
		hits: []string{`password = "Winter2024!"`, `passwort = "Sommer2021!"`, `db_kennwort = "{{alnum10}}"`, `contraseña = "Verano2021!"`,
			`# mot_de_passe = "{{alnum10}}"`, `# Kennwort für den Server: Sommer2021!`, `wachtwoord = "Zomer2021!"`, "x = \"lösenord=Sommar2021!\"", `# password for the lab server: Winter2024!`, `f(password="{{alnum10}}")`, `d = {"pwd": "{{alnum10}}"}`, `admin_password = "letmein"`,
			`# password = "{{alnum10}}"`, `x = "rabbitmqpassword = deworjvkdsers"`, `x = ["--password", "{{alnum10}}"]`,
			`x = "password={{alnum12}};host=h"`, `# curl -u bob:{{alnum10}} https://x`, `secret = "{{alnum20}}"`, `auth = ("bob", "{{alnum10}}")`,
			`passphrase = "correct horse battery staple"`, `log("with password Xy7!{{alnum6}}")`},
		misses: []string{`password = "abc"`, `password = "<password>"`, `password = "changeme"`, `# the password of a host is reset: see README.md`, `# passwords for a user: password_never_expires`, `password_file = "/etc/cb/pass.txt"`,
			`token_type = "bearer-like"`, `password = param("password")`, `x = {"password": "auth_token"}`, `password = "password.txt"`,
			`# password: see the vault`, `help = "The password of the user"`, `pass_the_hash = "wmiexec.py"`, `TOKENS = ["runonce"]`,
			`password = "*pass*"`, `where("cmdline:password=Winter2024!")`, `secret = "Enter the secret: "`, `password = r"(?i)pass\s*="`,
			`x = {"PsPasswd": {"process_name": ["pspasswd.exe"]}}`, `password = "HKLM\\SECURITY\\Policy"`, `token = "cb.corp.example.com"`},
	},
	"bare-hex-40": {
		hits: []string{`x = "{{hex40}}"`, `# {{hex40}}`, `f("{{hex40}}")`, `x = ["{{hex40}}", "{{hex40}}"]`, `x = "{{hex20}}" + "{{hex20}}"`,
			`x = {"lab": "{{hex40}}", "prod": "{{hex40}}", "dr": "{{hex40}}"}`, `x = "{{HEX40}}"`, `x = h in ("{{hex40}}",)`,
			"A = \"{{hex40}}\"\nx = h in (A, \"{{hex40}}\")", `x = bytes("{{hex40}}")`},
		misses: []string{`x = ["{{hex40}}", "{{hex40}}", "{{hex40}}"]`, `hashes = ["{{hex40}}"]`, `where("sha1:{{hex40}}")`, `x = "{{hex39}}"`,
			`x = "{{hex41}}"`, `# sha1 {{hex40}}`, `x = "0x{{hex40}}"`, `x = "https://e.example/{{hex40}}"`, `ban_hash("{{hex40}}")`,
			`x = "c:\\t\\{{hex40}}.exe"`, `x = "da39a3ee5e6b4b0d3255bfef95601890afd80709"`, `x = {"{{hex40}}": 1, "{{hex40}}": 2, "{{hex40}}": 3}`,
			"h = \"{{hex40}}\"\nwhere(\"sha1:\" + h)", `x = h in ("{{hex40}}", "{{hex40}}")`, "h = \"{{hex40}}\"\nx = m.sha1 == h", `x = "buildtools-{{hex40}}"`,
			"def f(sha1): pass\nf(\"{{hex40}}\")", "x = \"{{hex40}}\" # sha1 of the dropper"},
	},
	"bare-guid": {
		hits: []string{`x = "{{guid}}"`, `# {{GUID}}`, `f("{{guid}}")`, `x = ["{{guid}}", "{{guid}}"]`},
		misses: []string{`x = "{` + "{{guid}}" + `}"`, `x = "{{guid1}}"`, `rule_id = "{{guid}}"`, `# Sigma rule {{guid}}`, `select(Watchlist, "{{guid}}")`,
			`x = ["{{guid}}", "{{guid}}", "{{guid}}"]`, `x = "00000000-0000-0e48-01d2-c2a397f4cfe0"`, `x = {"id": "{{guid}}"}`,
			`x = "https://e.example/?t={{guid}}"`, `clsid = "{{GUID}}"`},
	},
	"syntax": {
		hits:   []string{`x = (`, "import os", "while True:\n  pass", "f(", `x = nowhere`, "return 1"},
		misses: []string{"x = 1\nx = 2", "for i in range(3): pass", "def f(): return f()", `x = set([1])`},
		opts:   check.Options{Surface: surface{}},
	},
	"waiver-reason": {
		hits:   []string{`x = "{{hex40}}" # cbscript:allow bare-hex-40`},
		misses: []string{`x = "{{hex40}}" # cbscript:allow bare-hex-40 hash of the image`},
	},
	"waiver-rule": {
		hits:   []string{"# cbscript:allow no-such-rule because\nx = 1", "# cbscript:allow\nx = 1"},
		misses: []string{"# cbscript:allow bare-guid a rule\nx = \"{{guid}}\"", "# cbscript:allowed anything"},
	},
	"waiver-refused": {
		hits:   []string{"# cbscript:allow cb-defense-key a test\nx = 1", "# cbscript:allow github-token a test\nx = 1"},
		misses: []string{"# cbscript:allow bare-guid a rule\nx = \"{{guid}}\""},
	},
	"waiver-unused": {
		hits:   []string{"# cbscript:allow bare-guid a rule\nx = 1", "# cbscript:allow bare-guid a rule\nx = 1\ny = \"{{guid}}\""},
		misses: []string{"# cbscript:allow bare-guid a rule\n\n# more\nx = \"{{guid}}\""},
	},
	"meta-form": {
		hits: []string{`meta("x")`, `meta(name=n)`, `meta(needs="isolate")`, `meta(needs=[x])`, `meta(color="red")`, "meta(name=\"a\")\nmeta(name=\"b\")",
			"def f():\n  meta(name=\"a\")", `x = meta(name="a")`},
		misses: []string{`meta(name="a", version="1", author="b", description="c", needs=[])`, "def meta(x): pass\nmeta(1)"},
	},
	"needs-missing": {
		hits: []string{"meta(needs=[])\ncb.isolate()", "meta(needs=[\"isolate\"])\ncb.save()", "meta(needs=[\"protection\"])\nselect(Process)",
			"meta(needs=[])\ngetattr(cb, \"iso\" + \"late\")()", "meta(needs=[])\nf = cb.isolate"},
		misses: []string{"meta(needs=[\"isolate\"])\ncb.isolate()", "meta(name=\"x\")\ncb.isolate()", "meta(needs=[])\nselect(Process)", "cb.isolate()"},
		opts:   check.Options{Surface: surface{}},
	},
	"needs-unused": {
		hits:   []string{"meta(needs=[\"isolate\"])", "meta(needs=[\"islate\", \"isolate\"])\ncb.isolate()"},
		misses: []string{"meta(needs=[\"isolate\"])\ncb.isolate()", "meta(needs=[\"isolate\"])\ngetattr(cb, param(\"n\"))()"},
		opts:   check.Options{Surface: surface{}},
	},
	"module-unread": {
		hits:   []string{"load(\"acme/hunts/x.star\", \"x\")"},
		misses: []string{"load(\"std/x\", \"x\")", "load(\"./x.star\", \"x\")", "load(\"acme/good/x.star\", \"x\")"},
		opts: check.Options{Surface: surface{}, Bundle: func(name string) (fs.FS, error) {
			if name == "acme/good" {
				return fstest.MapFS{"x.star": {Data: []byte("x = 1")}}, nil
			}
			return nil, errors.New("it is not installed")
		}},
	},
	"needs-unknown": {
		hits:   []string{`getattr(s, n)()`, `getattr(s, "a" + n)`, "n = \"a\"\ngetattr(s, n)", `g = getattr`, `getattr(*x)`},
		misses: []string{`getattr(s, "isolate")()`, "def getattr(a, b): pass\ngetattr(s, n)", `s.getattr(n)`},
	},
	"type-compare": {
		hits:   []string{`x = type(y) == int`, `x = type(y) != list`, `x = str == type(y)`, `x = type(y) in (int, str)`},
		misses: []string{`x = type(y) == "int"`, `x = type(y) == type(z)`, "int = \"int\"\nx = type(y) == int", `x = type(y) in ("int", "string")`},
	},
	"query-membership": {
		hits:   []string{`x = p in select(Process)`, "q = select(Process).where(\"a:b\")\nx = p not in q", `x = p in cb.select(Process).sort("start")`},
		misses: []string{`x = p in list(select(Process))`, `x = "a" in text`, `x = p in select(Process)[:10]`, `x = p in select(Process, 1)`},
	},
	"query-concat": {
		hits:   []string{`q.where("md5:" + h)`, `q.and_("host:%s" % n)`, `q.where("a:{}".format(x))`, "c = \"md5:\" + h\nq.where(c)", `q.where(" or ".join(parts))`},
		misses: []string{`q.where("md5:" + "abc")`, `q.where(md5=h)`, `q.where(text)`, `q.where("a b")`, `q.sort("a" + b)`},
	},
}

var notAboutValues = []string{"known-value-short", "syntax", "not-read", "waiver-reason", "waiver-rule", "waiver-refused", "waiver-unused",
	"meta-form", "needs-missing", "needs-unused", "needs-unknown", "module-unread", "type-compare", "query-membership", "query-concat"}

// TestRules tries each rule on what it is about and on near misses.
func TestRules(t *testing.T) {
	gen := newGenerator(1)
	for id, c := range contextRules {
		for _, script := range c.hits {
			src := gen.fill(t, script)
			r := checkText(t, "x.star", src, c.opts)
			if !hasRule(r, id) {
				t.Errorf("%s does not find\n%s\nfindings: %v", id, src, r.Findings)
			}
			for _, f := range r.Findings {
				if (f.Excerpt != "") == slices.Contains(notAboutValues, f.Rule) {
					t.Errorf("excerpt %q of %s in\n%s", f.Excerpt, f.Rule, src)
				}
			}
		}
		for _, script := range c.misses {
			src := gen.fill(t, script)
			if r := checkText(t, "x.star", src, c.opts); hasRule(r, id) {
				t.Errorf("%s must not find anything in\n%s\nfindings: %v", id, src, r.Findings)
			}
		}
	}
}

func hasRule(r check.Report, id string) bool {
	return slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Rule == id })
}

// TestEveryRuleIsTested holds that a new rule brings its cases.
func TestEveryRuleIsTested(t *testing.T) {
	tested := map[string]bool{"not-read": true} // TestFileNotRead
	for id := range contextRules {
		tested[id] = true
	}
	for id := range tokenSamples {
		tested[id] = true
	}
	known := map[string]bool{}
	for _, r := range check.Rules() {
		known[r.ID] = true
		if !tested[r.ID] {
			t.Errorf("rule %s has no cases", r.ID)
		}
		if r.What == "" || r.Remedy == "" || r.Severity == 0 {
			t.Errorf("rule %s lacks a text or severity: %+v", r.ID, r)
		}
	}
	for id := range tested {
		if !known[id] {
			t.Errorf("there are cases for %s, which is no rule", id)
		}
	}
}

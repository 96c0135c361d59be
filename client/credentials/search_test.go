package credentials_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
)

// place is a machine's directory, a home and a working directory, in a temporary one.
type place struct {
	root     string
	warnings []string
}

func newPlace(t *testing.T, files map[string]string) *place {
	t.Helper()
	p := &place{root: t.TempDir()}
	for name, text := range files {
		file := filepath.Join(p.root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

const (
	etc  = "etc/credentials.response"
	home = "home/.carbonblack/credentials.response"
	work = "work/.carbonblack/credentials.response"
)

func (p *place) options() credentials.Options {
	return credentials.Options{
		Product: credentials.Response,
		System:  filepath.Join(p.root, "etc"),
		Home:    filepath.Join(p.root, "home"),
		WorkDir: filepath.Join(p.root, "work"),
		Warn:    func(w credentials.Warning) { p.warnings = append(p.warnings, p.short(w.String())) },
	}
}

// short takes the temporary directory out of a text.
func (p *place) short(text string) string {
	return filepath.ToSlash(strings.ReplaceAll(text, p.root+string(filepath.Separator), ""))
}

func profileText(name, host string) string {
	return fmt.Sprintf("[%s]\nurl=https://%s\ntoken=%s\n", name, host, token)
}

func TestFind(t *testing.T) {
	files := map[string]string{
		etc:         profileText("default", "etc") + profileText("machine", "etc"),
		home:        profileText("default", "home") + profileText("mine", "home"),
		work:        profileText("here", "work") + profileText("mine", "work"),
		"other.ini": profileText("default", "other"),
		"more.ini":  profileText("default", "more") + profileText("mine", "more"),
	}
	cases := []struct {
		name string
		edit func(p *place, o *credentials.Options)
		want string
	}{
		{"default", nil, "home: home default"},
		{"only the machine's", func(_ *place, o *credentials.Options) { o.Profile = "machine" }, "etc: etc machine"},
		{"nearest file wins", func(_ *place, o *credentials.Options) { o.Profile = "mine" }, "work: work mine"},
		{"environment", func(_ *place, o *credentials.Options) { o.Getenv = env("CBSCRIPT_PROFILE", "here") }, "work: work here"},
		{"asked for, before environment", func(_ *place, o *credentials.Options) {
			o.Profile, o.Getenv = "machine", env("CBSCRIPT_PROFILE", "here")
		}, "etc: etc machine"},
		{"environment is empty", func(_ *place, o *credentials.Options) { o.Getenv = env("CBSCRIPT_PROFILE", "") }, "home: home default"},
		{"explicit file", func(p *place, o *credentials.Options) { o.Files = []string{filepath.Join(p.root, "other.ini")} }, "other.ini: other default"},
		{"explicit file, relative", func(_ *place, o *credentials.Options) { o.Files = []string{"../other.ini"} }, "other.ini: other default"},
		{"explicit files", func(_ *place, o *credentials.Options) { o.Files = []string{"../more.ini", "../other.ini"} }, "other.ini: other default"},
		{"no home", func(_ *place, o *credentials.Options) { o.Home = "" }, "etc: etc default"},
		{"home is the working directory", func(_ *place, o *credentials.Options) { o.WorkDir, o.Profile = o.Home, "mine" }, "home: home mine"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			place := newPlace(t, files)
			o := place.options()
			if c.edit != nil {
				c.edit(place, &o)
			}
			p, err := credentials.Find(o)
			if err != nil {
				t.Fatal(err)
			}
			dir, _, _ := strings.Cut(place.short(p.File), "/")
			if diff := cmp.Diff(c.want, fmt.Sprintf("%s: %s %s", dir, strings.TrimPrefix(p.URL, "https://"), p.Name)); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
			if place.warnings != nil {
				t.Errorf("warnings: %q", place.warnings)
			}
		})
	}
}

func env(name, value string) func(string) string {
	return func(n string) string {
		if n == name {
			return value
		}
		return ""
	}
}

// TestNoMergeBetweenFiles holds that the working directory's file cannot send the user's token to a server of its own
// choice, nor loosen how that server is trusted.
func TestNoMergeBetweenFiles(t *testing.T) {
	for name, evil := range map[string]string{
		"url":             "[default]\nurl=https://evil\n",
		"url by default":  "[DEFAULT]\nurl=https://evil\n",
		"trust":           "[default]\nssl_verify=no\nproxy=http://evil\n",
		"default section": "[DEFAULT]\nurl=https://evil\nssl_verify=no\n[other]\n",
	} {
		t.Run(name, func(t *testing.T) {
			place := newPlace(t, map[string]string{home: profileText("default", "good"), work: evil})
			p, err := credentials.Find(place.options())
			if strings.HasPrefix(evil, "[DEFAULT]") {
				if err != nil || p.URL != "https://good" || p.SkipVerify {
					t.Errorf("got %v, %v", p, err)
				}
				return
			}
			var e *credentials.Error
			if !errors.As(err, &e) || !p.Token.IsEmpty() {
				t.Fatalf("got %v, %v", p, err)
			}
			want := "this profile hides the whole profile of that name in " + home +
				", since keys are not merged between files: complete it, rename it, or remove it"
			if diff := cmp.Diff(want, place.short(e.Hint())); diff != "" {
				t.Errorf("hint (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	place := newPlace(t, map[string]string{home: `
[DEFAULT]
ssl_verify_hostname = Off
rabbitmq_user = bus

[default]
URL = https://CB.example:443/
token : ` + token + `
ssl_verify = YES
ssl_cert_file = certs/cb.pem
ssl_force_tls_1_2 = on
proxy = http://u:p@proxy:3128
ignore_system_proxy = 1
org_key = ABCD1234
rabbitmq_pass = rabbit
rabbitmq_host = mq.example
rabbitmq_port = 5671

[plain]
url = https://cb
token = ` + token + `
ssl_verify_hostname = true
ssl_cert_file =
rabbitmq_user =
rabbitmq_port =
`})
	o := place.options()
	got, err := credentials.Find(o)
	if err != nil {
		t.Fatal(err)
	}
	want := credentials.Profile{
		Name: "default", File: filepath.Join(place.root, home), Product: "response", URL: "https://cb.example:443",
		Token: credentials.NewSecret(token), SkipHostname: true, CertFile: filepath.Join(place.root, "work/certs/cb.pem"), ForceTLS12: true,
		Proxy: credentials.NewSecret("http://u:p@proxy:3128"), IgnoreSystemProxy: true, OrgKey: "ABCD1234",
		RabbitMQ: credentials.RabbitMQ{User: "bus", Pass: credentials.NewSecret("rabbit"), Host: "mq.example", Port: 5671},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	o.Profile = "plain"
	got, err = credentials.Find(o)
	if err != nil {
		t.Fatal(err)
	}
	want = credentials.Profile{Name: "plain", File: filepath.Join(place.root, home), Product: "response", URL: "https://cb",
		Token: credentials.NewSecret(token), RabbitMQ: credentials.RabbitMQ{User: "cb", Host: "localhost", Port: 5004}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
}

func TestBooleans(t *testing.T) {
	for text, want := range map[string]string{
		"1": "yes", "yes": "yes", "True": "yes", "ON": "yes", "0": "no", "No": "no", "false": "no", "oFF": "no",
		"": "", "y": "", "2": "", "/path/to/ca.pem": "", "true ; note": "", `"true"`: "",
	} {
		place := newPlace(t, map[string]string{home: profileText("default", "cb") + "ssl_verify = " + text + "\n"})
		p, err := credentials.Find(place.options())
		got := map[bool]string{true: "no", false: "yes"}[p.SkipVerify]
		if err != nil {
			got = ""
			wantErr := fmt.Sprintf("%s:4: profile \"default\": ssl_verify: unknown value %q: want true, yes, on, 1 or false, no, off, 0", home, text)
			if diff := cmp.Diff(wantErr, place.short(err.Error())); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		}
		if got != want {
			t.Errorf("%q means %q, want %q", text, got, want)
		}
	}
}

func TestFindFails(t *testing.T) {
	good := profileText("default", "cb")
	cases := []struct {
		name       string
		files      map[string]string
		edit       func(o *credentials.Options)
		want, hint string
	}{
		{"no files", nil, nil,
			`no Cb Response profile "default": searched ` + etc + ` (missing), ` + home + ` (missing), ` + work + ` (missing)`,
			"`cbscript configure` writes a profile"},
		{"another name", map[string]string{etc: "# none\n", home: good + profileText("lab", "lab")},
			func(o *credentials.Options) { o.Profile = "prod" },
			`no Cb Response profile "prod": searched ` + etc + ` (no profiles), ` + home + ` (profiles: default, lab), ` + work + ` (missing)`,
			"name one of the profiles that there are, or write one with `cbscript configure`"},
		{"misspelt", map[string]string{home: good + profileText("production", "cb")},
			func(o *credentials.Options) { o.Profile = "Prodution" },
			`no Cb Response profile "Prodution": searched ` + etc + ` (missing), ` + home + ` (profiles: default, production), ` + work + ` (missing)`,
			`did you mean "production"?`},
		{"explicit file missing", map[string]string{home: good}, func(o *credentials.Options) { o.Files = []string{"../none.ini"} },
			`no Cb Response profile "default": searched none.ini (missing)`, "`cbscript configure` writes a profile"},
		{"no token", map[string]string{home: "[default]\nurl=https://cb\ntoken=\n"}, nil,
			home + `: profile "default": token not available`,
			"a profile needs url = https://SERVER and token = TOKEN; `cbscript configure` writes them"},
		{"value over two lines", map[string]string{home: "[default]\nurl=https://cb\n token=" + token + "\n"}, nil,
			home + `:2: profile "default": url: goes on over the next line, which is indented`, ""},
		{"comment after the token", map[string]string{home: "[default]\nurl=https://cb\ntoken=" + token + " # mine\n"}, nil,
			home + `: profile "default": token: holds a space, a line break or a character that is not ASCII`,
			"a token stands alone on its line, without quotes or a comment after it; the next line must not be indented"},
		{"port", map[string]string{home: good + "rabbitmq_port=many\n"}, nil,
			home + `:4: profile "default": rabbitmq_port: unknown value "many": want a port of 1 to 65535`, ""},
		{"faulty file, though another has the profile", map[string]string{etc: "[a]\n[a]\n", home: good}, nil,
			etc + `:2: section "a" is there twice`, ""},
		{"large file", map[string]string{home: strings.Repeat("# filler\n", 200000)}, nil,
			home + `: cannot be read: is larger than 1024 KiB`, ""},
		{"directory", map[string]string{home + "/x": ""}, nil, home + `: cannot be read: is a directory`, ""},
		{"product", nil, func(o *credentials.Options) { o.Product = "respnse" },
			`unknown product "respnse": want response, protection or defense`, `did you mean "response"?`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			place := newPlace(t, c.files)
			o := place.options()
			if c.edit != nil {
				c.edit(&o)
			}
			_, err := credentials.Find(o)
			var e *credentials.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %T %v", err, err)
			}
			if diff := cmp.Diff([]string{c.want, c.hint}, []string{place.short(e.Error()), place.short(e.Hint())}); diff != "" {
				t.Errorf("error and hint (-want +got):\n%s", diff)
			}
			if strings.Contains(err.Error(), token) {
				t.Error("the error holds the token")
			}
			if want := map[string]any{"product": string(e.Product), "profile": e.Profile, "file": e.File, "key": e.Key}; !cmp.Equal(want, e.Facts()) {
				t.Errorf("facts are %v", e.Facts())
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	place := newPlace(t, map[string]string{home: "[default]\nurl=https://cb\ntoken=" + token + "\nssl_verfy=no\nssl_verify=no\nssl_cert_file=/c.pem\nflavour=x\n" +
		token + ":\n"})
	if err := os.Chmod(filepath.Join(place.root, home), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := credentials.Find(place.options()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		home + ": is open to others than its owner (mode 0640): chmod 600 it, since it holds tokens",
		home + `:8: profile "default": [redacted]: unknown key, ignored`,
		home + `:7: profile "default": flavour: unknown key, ignored`,
		home + `:4: profile "default": ssl_verfy: unknown key, ignored: did you mean "ssl_verify"?`,
		home + `: profile "default": ssl_cert_file: has no effect while ssl_verify is off`,
	}
	if diff := cmp.Diff(want, place.warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestUnreadableFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is unreadable for root")
	}
	place := newPlace(t, map[string]string{etc: profileText("default", "etc"), home: profileText("default", "home")})
	if err := os.Chmod(filepath.Join(place.root, etc), 0); err != nil {
		t.Fatal(err)
	}
	o := place.options()
	if p, err := credentials.Find(o); err != nil || p.URL != "https://home" {
		t.Errorf("got %v, %v", p, err)
	}
	if diff := cmp.Diff([]string{etc + ": cannot be read, ignored: permission denied"}, place.warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	o.Files = []string{filepath.Join(place.root, etc)}
	if _, err := credentials.Find(o); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v for an explicit file", err)
	}
}

func TestList(t *testing.T) {
	place := newPlace(t, map[string]string{
		etc:  profileText("default", "etc") + profileText("old", "etc"),
		home: profileText("lab", "home") + "[broken]\nurl=https://cb\n" + profileText("default", "home"),
	})
	found, err := credentials.List(place.options())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		fault := "usable"
		if f.Err != nil {
			fault = place.short(f.Err.Error())
		}
		got = append(got, fmt.Sprintf("%s %v: %s", place.short(f.Profile.String()), f.Hidden, fault))
	}
	want := []string{
		`response profile "default" for https://etc from ` + etc + " true: usable",
		`response profile "old" for https://etc from ` + etc + " false: usable",
		`response profile "lab" for https://home from ` + home + " false: usable",
		`response profile "broken" for https://cb from ` + home + " false: " + home + `: profile "broken": token not available`,
		`response profile "default" for https://home from ` + home + " false: usable",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if _, err := credentials.List(newPlace(t, map[string]string{etc: "x"}).options()); err == nil {
		t.Error("no error for a file that cannot be understood")
	}
}

func TestSystem(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	t.Setenv("CBSCRIPT_PROFILE", "fromenv")
	o, err := credentials.System(credentials.Protection)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/etc/carbonblack/credentials.protection", filepath.Join(o.WorkDir, ".carbonblack/credentials.protection")}
	if diff := cmp.Diff(want, o.Path()); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
	if o.Getenv("CBSCRIPT_PROFILE") != "fromenv" || o.UserFile() != filepath.Join(o.Home, ".carbonblack/credentials.protection") {
		t.Errorf("options are %+v", o)
	}
}

func TestTitles(t *testing.T) {
	var got []string
	for _, p := range append(credentials.Products(), "") {
		got = append(got, p.Title())
	}
	if diff := cmp.Diff([]string{"Cb Response", "Cb Protection", "Cb Defense", "Cb"}, got); diff != "" {
		t.Errorf("titles (-want +got):\n%s", diff)
	}
}

package credentials_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
)

// named gives a usable profile with a new token.
func named(name string, edit func(*credentials.Profile)) credentials.Profile {
	p, err := credentials.New(credentials.Response, "https://new.example", "newtoken")
	if err != nil {
		panic(err)
	}
	p.Name = name
	if edit != nil {
		edit(&p)
	}
	return p
}

func TestSave(t *testing.T) {
	const plain = "[prod]\nurl = https://new.example\ntoken = newtoken\nssl_verify = true\n"
	cases := []struct {
		name    string
		before  string
		profile credentials.Profile
		after   string
	}{
		{"new file", "", named("prod", nil), plain},
		{"everything", "", named("prod", func(p *credentials.Profile) {
			p.SkipVerify, p.SkipHostname, p.CertFile, p.ForceTLS12, p.IgnoreSystemProxy = true, true, "/c.pem", true, true
			p.Proxy, p.OrgKey = credentials.NewSecret("http://u:p@h"), "ORG"
			p.RabbitMQ = credentials.RabbitMQ{User: "u", Pass: credentials.NewSecret("pw"), Host: "h", Port: 1}
		}), "[prod]\nurl = https://new.example\ntoken = newtoken\nssl_verify = false\nssl_verify_hostname = false\nssl_cert_file = /c.pem\n" +
			"ssl_force_tls_1_2 = true\nproxy = http://u:p@h\nignore_system_proxy = true\norg_key = ORG\nrabbitmq_user = u\n" +
			"rabbitmq_pass = pw\nrabbitmq_host = h\nrabbitmq_port = 1\n"},
		{"behind others", "# mine\n[lab]\nurl=x\n  more\n; end", named("prod", nil), "# mine\n[lab]\nurl=x\n  more\n; end\n\n" + plain},
		{"between others", "[a]\nk = 1\n\n[prod]\nurl = https://old\ntoken = old\n\n# b's\n[b]\nk : 2",
			named("prod", nil),
			"[a]\nk = 1\n\n[prod]\nurl = https://new.example\ntoken = newtoken\nssl_verify = true\n\n# b's\n[b]\nk : 2\n"},
		{"keeps what means the same", "[prod]\n URL:https://new.example\ntoken  =  newtoken\n\nSSL_Verify=YES\n", named("prod", nil),
			"[prod]\n URL:https://new.example\ntoken  =  newtoken\n\nSSL_Verify=YES\n"},
		{"keeps comments and unknown keys", "[prod]\n# where\nurl = https://old\n; who\nflavour = x\n  y\n\ntoken = old\n# end\n", named("prod", nil),
			"[prod]\n# where\nurl = https://new.example\n; who\nflavour = x\n  y\n\ntoken = newtoken\nssl_verify = true\n# end\n"},
		{"drops what is the default", "[prod]\nurl=https://new.example\nproxy=http://old\n\n  http://older\nssl_verify_hostname=no\ntoken=newtoken\nssl_verify=1\n", named("prod", nil),
			"[prod]\nurl=https://new.example\ntoken=newtoken\nssl_verify=1\n"},
		{"value over lines", "[prod]\nurl = https://new.example\n\n  old\n# note\n  older\ntoken=newtoken\nssl_verify=on\n", named("prod", nil),
			"[prod]\nurl = https://new.example\n# note\ntoken=newtoken\nssl_verify=on\n"},
		{"indented keys", "[prod]\n    url = https://old\n    token = old\n\n[b]\n k=1\n", named("prod", nil),
			"[prod]\n    url = https://new.example\n    token = newtoken\n    ssl_verify = true\n\n[b]\n k=1\n"},
		{"empty section", "[prod]\n# soon\n[b]\nk=1\n", named("prod", nil), "[prod]\n# soon\nurl = https://new.example\ntoken = newtoken\nssl_verify = true\n[b]\nk=1\n"},
		{"against [DEFAULT]", "[DEFAULT]\nssl_verify = no\nproxy = http://p\n[prod]\nurl=https://new.example\n", named("prod", nil),
			"[DEFAULT]\nssl_verify = no\nproxy = http://p\n[prod]\nurl=https://new.example\ntoken = newtoken\nssl_verify = true\nproxy =\n"},
		{"line breaks of Windows", "\ufeff[prod]\r\nurl=https://old\r\n", named("prod", nil),
			"\ufeff[prod]\r\nurl = https://new.example\r\ntoken = newtoken\r\nssl_verify = true\r\n"},
		{"name with a space", "", named("prod east", nil), strings.Replace(plain, "prod", "prod east", 1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "new", "credentials.response")
			if c.before != "" {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(c.before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the second time nothing changes
				if err := credentials.Save(file, c.profile); err != nil {
					t.Fatal(err)
				}
				got, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.after, string(got)); diff != "" {
					t.Fatalf("file (-want +got):\n%s", diff)
				}
			}
			found, err := credentials.Find(credentials.Options{Product: credentials.Response, Files: []string{file}, Profile: c.profile.Name})
			want := c.profile
			want.File = file
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
			mustBePrivate(t, file)
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".credentials-*")); left != nil {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func mustBePrivate(t *testing.T, file string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %#o", info.Mode().Perm())
	}
}

func TestSaveMakesAPrivateDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	file := filepath.Join(t.TempDir(), ".carbonblack", "credentials.response")
	if err := credentials.Save(file, named("prod", nil)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("mode is %#o", info.Mode().Perm())
	}
}

func TestSaveFollowsALink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("[a]\nk=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := credentials.Save(link, named("prod", nil)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(target)
	if err != nil || !strings.HasPrefix(string(got), "[a]\nk=1\n\n[prod]\n") {
		t.Errorf("the file is %q, %v", got, err)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Errorf("the link is gone: %v", err)
	}
}

func TestSaveFails(t *testing.T) {
	cases := []struct {
		name, before string
		profile      credentials.Profile
		want         string
	}{
		{"no token", "", named("prod", func(p *credentials.Profile) { p.Token = credentials.Secret{} }), `FILE: profile "prod": token not available`},
		{"no name", "", named("", nil), `FILE: "" cannot be the name of a profile: want text on one line, without brackets, other than DEFAULT`},
		{"the defaults' name", "", named("DEFAULT", nil), `FILE: profile "DEFAULT": "DEFAULT" cannot be the name of a profile: want text on one line, without brackets, other than DEFAULT`},
		{"name with a bracket", "", named("a]b", nil), `FILE: profile "a]b": "a]b" cannot be the name of a profile: want text on one line, without brackets, other than DEFAULT`},
		{"name with a line break", "", named("a\n[b", nil), `FILE: profile "a\n[b": "a\n[b" cannot be the name of a profile: want text on one line, without brackets, other than DEFAULT`},
		{"value with a line break", "", named("prod", func(p *credentials.Profile) { p.OrgKey = "a\nssl_verify=no" }),
			`FILE: profile "prod": org_key: cannot be written: it begins or ends with a space, or holds a line break`},
		{"value with a space before it", "", named("prod", func(p *credentials.Profile) { p.CertFile = " c.pem" }),
			`FILE: profile "prod": ssl_cert_file: cannot be written: it begins or ends with a space, or holds a line break`},
		{"faulty file", "[a]\n[a]\n", named("prod", nil), `FILE:2: section "a" is there twice`},
		{"port", "", named("prod", func(p *credentials.Profile) { p.RabbitMQ.Port = 0 }),
			`FILE: profile "prod": cannot be put into this file without changing another profile`},
		{"indented section behind an empty one", "[prod]\n   [b]\nk=1\n", named("prod", nil),
			`FILE: profile "prod": cannot be put into this file without changing another profile`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "credentials.response")
			if c.before != "" {
				if err := os.WriteFile(file, []byte(c.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := credentials.Save(file, c.profile)
			var e *credentials.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %T %v", err, err)
			}
			if diff := cmp.Diff(c.want, strings.ReplaceAll(err.Error(), file, "FILE")); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if got, _ := os.ReadFile(file); string(got) != c.before {
				t.Errorf("the file was changed to %q", got)
			}
		})
	}
	t.Run("directory is a file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		var e *credentials.Error
		if err := credentials.Save(filepath.Join(file, "credentials.response"), named("prod", nil)); !errors.As(err, &e) {
			t.Errorf("got %T %v", err, err)
		}
	})
}

// FuzzSave holds that saving a profile into any file gives either an error and the file as it was, or a file with that
// profile in which all others are as they were.
func FuzzSave(f *testing.F) {
	for _, seed := range []string{
		"", "[a]\nk=1\n", "[prod]\nurl=x\n\n  y\n# c\n[b]\nk=1", "  [prod]\n   url=1\n  token=2\r\n[DEFAULT]\nproxy=p\n", "[prod]\n [b]\n", "[DEFAULT]\n[prod]\nssl_verify\n:no",
	} {
		f.Add(seed)
	}
	dir := f.TempDir()
	file := filepath.Join(dir, "credentials.response")
	o := credentials.Options{Product: credentials.Response, Files: []string{file}, Profile: "prod"}
	f.Fuzz(func(t *testing.T, before string) {
		if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		others := func() (out []string) {
			found, err := credentials.List(o)
			if err != nil {
				return nil
			}
			for _, f := range found {
				if f.Profile.Name != "prod" {
					out = append(out, f.Profile.Name+f.Profile.URL+f.Profile.Token.Reveal()+f.Profile.Proxy.Reveal())
				}
			}
			return out
		}
		want := others()
		if err := credentials.Save(file, named("prod", nil)); err != nil {
			if got, _ := os.ReadFile(file); string(got) != before {
				t.Fatalf("%q became %q although saving failed: %v", before, got, err)
			}
			return
		}
		p, err := credentials.Find(o)
		if err != nil {
			t.Fatal(err)
		}
		wanted := named("prod", nil)
		wanted.File = file
		if diff := cmp.Diff(wanted, p); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want, others()); diff != "" {
			t.Fatal(diff)
		}
	})
}

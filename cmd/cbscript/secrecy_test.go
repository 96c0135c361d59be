package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client/simulator"
)

// TestNoOutputHoldsTheToken runs every command with a marker as the token, and looks for it in all that they write: both
// output streams, and every file but the credential files.
func TestNoOutputHoldsTheToken(t *testing.T) {
	dir := t.TempDir()
	sim, err := simulator.Start(simulator.Options{Token: marker})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	certificate := write("server.pem", string(sim.CertificatePEM()))
	profile := func(name, url, extra string) string {
		return fmt.Sprintf("[%s]\nurl=%s\ntoken=%s\nssl_cert_file=%s\n%s\n", name, url, marker, certificate, extra)
	}
	write(".carbonblack/credentials.response", profile("default", sim.URL(), "")+profile("gone", "https://127.0.0.1:1", "")+
		profile("plain", "http://127.0.0.1:1", "")+profile("odd", sim.URL(), "ssl_verify=perhaps")+
		profile("path", sim.URL()+"/"+marker, ""))
	write("torn.response", "[default]\nurl="+sim.URL()+"\n"+marker+"\n")
	write("changes.star", "s = select(Sensor).first()\ns.network_isolation_enabled = True\ns.save()\nprint(s, cb, cb.url)\n"+
		"emit(sensor = str(s))\nartifact(\"s.json\", json.encode(s.original_document))\nlog.info(\"done\", sensor = s)\n")
	write("jobs.star", "def work(session):\n    if session.sensor_id == 18:\n        session.get_file(\"c:\\\\none\")\n    return str(session) + str(cb)\n\n"+
		"for job in [cb.live_response.submit_job(work, n) for n in (17, 18)]:\n    print(job, job.error())\n")
	write("fails.star", "print(dir(cb))\nr = attempt(cb.from_ui, \"https://elsewhere.example/#/host/1\")\nprint(r.error)\ncb.select(Process, \"x\").cmdline\n")
	write("leaks.star", "sha1_x = \""+marker+"\"\nfail(\"x\")\n")
	const meta = "meta(name = \"hunts\", version = \"1.0.0\", author = \"acme\", description = \"hunts\", needs = [])\n"
	write("hunts/hunt.star", "\"\"\"A hunt.\"\"\"\n"+meta+"print(1)\n")
	write("hunts/hunt_test.star", "def test_hunt():\n    assert.true(test.run(\"./hunt.star\").ok)\n")
	write("leaking/leaks.star", "\"\"\"A hunt.\"\"\"\n"+meta+"sha1_x = \""+marker+"\"\n")
	write("tests/some_test.star", "def test_some():\n    fail(\"x\")\n")
	const declared = "meta(name = \"shared\", version = \"1.0.0\", author = \"acme\", description = \"x\", needs = [])\n"
	write("shared/x.star", declared)
	write("shared/x_test.star", "def test_x():\n    pass\n")
	write("leaky/x.star", declared)
	write("leaky/leaks.star", "sha1_x = \""+marker+"\"\n")
	commands := []string{
		"run changes.star --allow all --verbose --out out --output jsonl",
		"run jobs.star --allow all --verbose --jobs fleet.jobs",
		"run jobs.star --allow all --outcomes outcomes.jsonl",
		"jobs fleet.jobs",
		"jobs fleet.jobs --output table",
		"jobs changes.star",
		"run changes.star --dry-run --verbose --output table --out out2",
		"run fails.star --verbose",
		"run changes.star --profile gone --max-retries 0 --verbose",
		"run changes.star --profile plain",
		"run changes.star --profile odd",
		"run changes.star --profile path",
		"run changes.star --credentials torn.response",
		"run changes.star --profile nobody",
		"run changes.star --help",
		"repl --verbose --allow all < cb\nselect(Sensor).first()\nselect(Sensor).first().original_document\ncb.url\nbogus\n",
		"repl --profile gone --max-retries 0 < cb.info()\n",
		"lr 11 --verbose --allow all --journal lr.jsonl < info\npwd\nps svchost\nput changes.star C:\\x.star\nget C:\\x.star back.star\ncat none\n",
		"lr 11 --profile gone --max-retries 0 -c ps",
		"lr nobody --verbose --allow respond -c ps",
		"doc --dir reference",
		"test tests",
		"check changes.star leaks.star",
		"check --format json .",
		"check --format sarif leaks.star",
		"run leaks.star",
		"pack leaky",
		"pack shared",
		"keygen --no-password acme.key",
		"pack shared -o signed.tar --sign-key acme.key",
		"trust acme acme.key.pub",
		"publish signed.tar --registry ./registry",
		"install acme/shared@1.0.0 --registry ./registry",
		"list",
		"list acme/shared",
		"verify",
		"verify acme-shared-1.0.0.tar",
		"remove acme/shared",
		"evidence verify out",
		"evidence list out",
		"evidence sign out --sign-key acme.key",
		"evidence verify out --key acme.key.pub",
		"evidence verify hunts",
		"install acme/shared@1.0.0 --registry user:" + marker + "@127.0.0.1:1",
		"profiles",
		"profiles --output csv --credentials torn.response",
		"keygen --no-password acme.key",
		"trust acme acme.key.pub",
		"pack leaking",
		"pack hunts -o hunts.tar --sign-key acme.key",
		"publish hunts.tar --registry ./registry",
		"install acme/hunts@1.0.0 --registry ./registry",
		"install acme/hunts@2.0.0 --registry https://x:" + marker + "@127.0.0.1:1/y",
		"list",
		"verify",
		"verify hunts.tar",
		"remove acme/hunts",
		"check-tls " + sim.URL(),
		"check-tls",
		"version",
		"completion bash",
		"completion zsh",
		"completion fish",
		"completion powershell",
		"help run",
		"__complete run --profile ",
		"configure response --url " + sim.URL() + " --profile default < yes\n" + marker + "\n",
		"configure response --url https://127.0.0.1:1 --profile gone --no-check < yes\n" + marker + "\n",
		"configure response --url " + sim.URL() + " --profile other < no\n",
		"configure defense --url https://127.0.0.1:1 --no-check < id\n" + marker + "\n\n",
		"configure protection --url " + sim.URL() + " < yes\n" + marker + "\n",
		"nonsense",
	}
	seen := map[string]bool{}
	for _, line := range commands {
		command, input, _ := strings.Cut(line, " < ")
		args := strings.Fields(command)
		if strings.HasSuffix(command, " ") {
			args = append(args, "")
		}
		seen[args[0]] = true
		cmd := exec.CommandContext(t.Context(), "cbscript", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "USERPROFILE="+dir, "XDG_STATE_HOME="+dir+"/state",
			"XDG_DATA_HOME="+dir+"/data", "XDG_CONFIG_HOME="+dir+"/config", "LocalAppData="+dir+"/state")
		cmd.Stdin = strings.NewReader(input)
		out, _ := cmd.CombinedOutput() // many of them fail, as they should
		if len(out) == 0 {
			t.Errorf("%s wrote nothing: was it run?", command)
		}
		if holdsMarker(out) {
			t.Errorf("%s shows the token:\n%s", command, out)
		}
	}
	p, _, _ := surroundings(t)
	for _, c := range p.rootCommand().Commands() {
		if name := c.Name(); !seen[name] && name != "simulate" {
			t.Errorf("the command %s is not among those that are run here", name)
		}
	}
	for _, file := range []string{"fleet.jobs", "fleet.jobs.outcomes.jsonl", "outcomes.jsonl"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Errorf("the jobs left no file: %v", err)
		}
	}
	files := 0
	err = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(filepath.Base(file), "credentials.") || filepath.Base(file) == "torn.response" ||
			filepath.Base(file) == "leaks.star" { // what was written above
			return err
		}
		text, err := os.ReadFile(file)
		if holdsMarker(text) {
			t.Errorf("%s holds the token:\n%s", file, text)
		}
		files++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 5 { // the scripts, the certificate, the journal and the saved file
		t.Errorf("only %d files were looked at", files)
	}
}

// holdsMarker looks for the token, also in other forms.
func holdsMarker(text []byte) bool {
	lower := bytes.ToLower(text)
	for _, form := range []string{marker, hex.EncodeToString([]byte(marker)), base64.StdEncoding.EncodeToString([]byte(marker))} {
		if bytes.Contains(lower, bytes.ToLower([]byte(form))) {
			return true
		}
	}
	return false
}

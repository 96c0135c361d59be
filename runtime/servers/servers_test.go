package servers_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
)

// simulated starts a demo server, and gives how to open it and the names of the roles that it was opened for.
func simulated(t testing.TB) (sim *simulator.Server, open func(*client.Product, string) (servers.Way, error), roles *[]string) {
	t.Helper()
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	roles = new([]string)
	return sim, func(product *client.Product, role string) (servers.Way, error) {
		*roles = append(*roles, product.Name+":"+role)
		return demo.Connect(sim, credentials.Product(product.Name))
	}, roles
}

// execute runs a script against a pool.
func execute(t testing.TB, pool *servers.Pool, source string) (printed string, err error) {
	t.Helper()
	var out strings.Builder
	rt, err := runtime.New(runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules(), Print: &out,
		Limits: runtime.Limits{Requests: 50}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.Run(t.Context(), &runtime.Script{Name: "test.star", Source: source})
	return out.String(), err
}

func TestScriptsReachServers(t *testing.T) {
	sim, open, roles := simulated(t)
	pool := servers.New(servers.Config{Open: open})
	defer pool.Close()

	if _, err := execute(t, pool, `print(cb, select, Process)`); err != nil {
		t.Fatal(err)
	}
	if len(*roles) > 0 || len(sim.Requests()) > 0 {
		t.Fatalf("a script that asks nothing opened %q and made %d requests", *roles, len(sim.Requests()))
	}
	got, err := execute(t, pool, `
load("cb/response", "connect", query = "select", Same = "Process")
lab = connect("lab")
print(first(select(Process).where("process_name:net.exe")).process_name)
print(query(Same).where("process_name:net.exe").first().process_name)
print(lab.select(Same).where("process_name:net.exe").first().process_name)
print(connect("lab").url == cb.url)
`)
	if err != nil {
		t.Fatal(runtime.Report(err))
	}
	if diff := cmp.Diff("net.exe\nnet.exe\nnet.exe\nTrue\n", got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"response:lab", "response:"}, *roles); diff != "" {
		t.Errorf("opened, -want +got:\n%s", diff)
	}
}

func TestRequestsAreCounted(t *testing.T) {
	_, open, _ := simulated(t)
	pool := servers.New(servers.Config{Open: open})
	defer pool.Close()
	_, err := execute(t, pool, "for i in range(1000):\n    cb.info()\n")
	var limit *runtime.LimitError
	if !errors.As(err, &limit) || limit.Limit != "requests" {
		t.Errorf("got %v, want the limit of requests", err)
	}
}

func TestErrorsOfConnections(t *testing.T) {
	broken := &credentials.Error{Product: credentials.Response, Message: "no profile"}
	opens := 0
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { opens++; return nil, broken }})
	_, err := execute(t, pool, "r = attempt(cb.info)\nprint(r.error.kind)\ncb.info()")
	if !errors.Is(err, broken) || opens != 1 {
		t.Errorf("got %v after %d tries, want the error of the one try", err, opens)
	}
	for script, want := range map[string]string{
		`load("cb/response", "connect"); connect("")`:    `connect: for parameter role: got ""`,
		`load("cb/response", "connect"); connect("lab")`: "no profile",
		`load("cb/nothing", "cb")`:                       "cb/nothing",
		`load("cb/response", "connect"); connect(1)`:     "for parameter role",
		`load("cb/response", "Proces")`:                  "Proces",
	} {
		if _, err := execute(t, pool, script); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", script, err, want)
		}
	}
	if err := pool.Close(); err != nil {
		t.Error(err)
	}
	if _, err := pool.Client(servers.Products()[0], "late"); !errors.Is(err, servers.ErrClosed) {
		t.Errorf("after Close: %v, want ErrClosed", err)
	}
}

// TestNamesDoNotHideEachOther holds that no two sources of names give the same one.
func TestNamesDoNotHideEachOther(t *testing.T) {
	own := builtins.Predeclared()
	for _, p := range servers.Products() {
		for name := range bindings.FreeFunctions(p) {
			if own.Has(name) {
				t.Errorf("the method %s of %s hides the builtin of that name", name, p.Title)
			}
		}
		for name := range bindings.NewConnection(p, nil).Names() {
			if own.Has(name) {
				t.Errorf("%s of %s hides the builtin of that name", name, p.Title)
			}
		}
	}
}

func TestSearch(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "credentials.response")
	var text strings.Builder
	for _, name := range []string{"default", "lab", "prod", "env"} {
		fmt.Fprintf(&text, "[%s]\nurl=https://%s.example.com\ntoken=0123456789\n", name, name)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		search servers.Search
		env    string
		role   string
		want   string
	}{
		{name: "nothing", want: "https://default.example.com"},
		{name: "the environment", env: "env", want: "https://env.example.com"},
		{name: "a name", search: servers.Search{Profile: "prod"}, env: "env", want: "https://prod.example.com"},
		{name: "a name for the product", search: servers.Search{Profile: "prod", Roles: map[string]string{"response": "lab"}}, want: "https://lab.example.com"},
		{name: "a role", search: servers.Search{Profile: "prod", Roles: map[string]string{"second": "lab"}}, role: "second", want: "https://lab.example.com"},
		{name: "an unknown role", search: servers.Search{Profile: "prod"}, role: "second",
			want: `no profile was given for the role "second"`},
		{name: "no such profile", search: servers.Search{Profile: "labb"}, want: `no Cb Response profile "labb"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := test.search
			s.Credentials = func(product credentials.Product) credentials.Options {
				return credentials.Options{Product: product, Files: []string{file}, Getenv: func(string) string { return test.env }}
			}
			found := ""
			s.Found = func(_ string, p credentials.Profile) { found = p.URL }
			g, err := s.Open(servers.Products()[0], test.role)
			got := ""
			if err != nil {
				got = err.Error()
			} else if got = g.URL().String(); got != found {
				t.Errorf("told of %q", found)
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func Example() {
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	pool := servers.New(servers.Config{Open: func(p *client.Product, _ string) (servers.Way, error) {
		return demo.Connect(sim, credentials.Product(p.Name))
	}})
	defer pool.Close()
	rt, err := runtime.New(runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules(), Print: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Run(context.Background(), &runtime.Script{Name: "version.star", Source: `print(cb.info()["version"])`})
	if err != nil {
		fmt.Println(err)
	}
	// Output: 6.2.0.171114.1158
}

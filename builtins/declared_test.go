package builtins_test

import (
	"testing"

	"github.com/cbscript/cbscript/builtins"
	"github.com/google/go-cmp/cmp"
)

func TestDeclaredParameters(t *testing.T) {
	const src = `
limit = param("limit", 10, help = "how many")
def main():
    since = param(name = "since", default = timedelta(days = 1), type = "duration")
    for _ in [param("level", choices = ("low", "high"))]:
        pass
    param("hosts", ["a", "b"])
    param("offset", -1.5)
    param("needed_file", type = "file", required = True)
    param("n", None, "", int)
    param("limit", 20)
    param("bad name")
    param(computed)
    other("x", 1)
    param("x", **more)
`
	f, err := dialect.Parse("hunt.star", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []builtins.Parameter{
		{Name: "limit", Type: "int", Help: "how many", Default: "10"},
		{Name: "since", Type: "duration", Default: "..."},
		{Name: "level", Type: "choice", Choices: []string{"low", "high"}},
		{Name: "hosts", Type: "list", Default: "a,b"},
		{Name: "offset", Type: "float", Default: "-1.5"},
		{Name: "needed_file", Type: "file", Required: true},
		{Name: "n", Type: "int"},
		{Name: "x", Type: "string", Default: "..."},
	}
	got := builtins.DeclaredParameters(f)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var lines []string
	for _, p := range got {
		lines = append(lines, p.Usage())
	}
	usage := []string{
		"--limit=int  how many (default 10)", "--since=duration (default ...)", "--level=low|high", "--hosts=list (default a,b)",
		"--offset=float (default -1.5)", "--needed-file=file (required)", "--n=int", "--x=string (default ...)",
	}
	if diff := cmp.Diff(usage, lines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

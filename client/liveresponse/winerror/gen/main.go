// Command gen writes the tables of package winerror from the constants of golang.org/x/sys/windows, which are made from
// the headers of the Windows SDK. Run it with go generate in that package.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// tables are the files by the type that the constants have.
var tables = map[string]string{"syscall.Errno": "win32.txt", "Handle": "hresult.txt", "NTStatus": "ntstatus.txt"}

// older are names of Win32 errors as earlier versions of the SDK number them, which the reference client prints.
// Source: contract/fields/win32-errors.json.
var older = map[uint32]string{
	0: "DS_S_SUCCESS", 1601: "ERROR_INSTALL_SERVICE", 1613: "ERROR_BAD_DATABASE_VERSION",
	2300: "ERROR_INVALID_CMM", 2301: "ERROR_INVALID_PROFILE", 2302: "ERROR_TAG_NOT_FOUND", 2303: "ERROR_TAG_NOT_PRESENT",
	2304: "ERROR_DUPLICATE_TAG", 2305: "ERROR_PROFILE_NOT_ASSOCIATED_WITH_DEVICE", 2306: "ERROR_PROFILE_NOT_FOUND",
	2307: "ERROR_INVALID_COLORSPACE", 2308: "ERROR_ICM_NOT_ENABLED", 2309: "ERROR_DELETING_ICM_XFORM", 2310: "ERROR_INVALID_TRANSFORM",
}

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate() error {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil {
		return fmt.Errorf("finding golang.org/x/sys: %w", err)
	}
	source := filepath.Join(strings.TrimSpace(string(dir)), "windows", "zerrors_windows.go")
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	names := map[string]map[uint32]string{}
	for _, name := range tables {
		names[name] = map[uint32]string{}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			collect(names, spec)
		}
		return true
	})
	for code, name := range older {
		names["win32.txt"][code] = name
	}
	for name, table := range names {
		if err := write(name, table); err != nil {
			return err
		}
	}
	return nil
}

// collect takes a constant in. Of several names for one number the first counts.
func collect(names map[string]map[uint32]string, spec *ast.ValueSpec) {
	if spec.Type == nil || len(spec.Values) != 1 {
		return
	}
	var kind string
	switch t := spec.Type.(type) {
	case *ast.Ident:
		kind = t.Name
	case *ast.SelectorExpr:
		kind = fmt.Sprintf("%s.%s", t.X, t.Sel)
	}
	value, ok := spec.Values[0].(*ast.BasicLit)
	table := names[tables[kind]]
	if !ok || table == nil {
		return
	}
	code, err := strconv.ParseUint(value.Value, 0, 32)
	if err != nil {
		return
	}
	if _, taken := table[uint32(code)]; !taken {
		table[uint32(code)] = spec.Names[0].Name
	}
}

func write(name string, table map[uint32]string) error {
	lines := make([]string, 0, len(table))
	for code, symbol := range table {
		lines = append(lines, fmt.Sprintf("%08x %s\n", code, symbol))
	}
	slices.Sort(lines)
	return os.WriteFile(name, []byte(strings.Join(lines, "")), 0o644)
}

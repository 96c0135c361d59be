package pack_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/bundle/pack"
	"github.com/cbscript/cbscript/runtime/scripttest"
)

// A directory with a script and its test becomes a bundle.
func ExampleDir() {
	dir, err := os.MkdirTemp("", "hunts")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{
		"net.star":      `meta(name="net", version="1.0.0", author="acme", description="Networks.", needs=[])` + "\nprivate = [\"10.0.0.0/8\"]\n",
		"net_test.star": "load(\"./net.star\", \"private\")\n\ndef test_private():\n    assert.eq(len(private), 1)\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			log.Fatal(err)
		}
	}
	tests := scripttest.Config{Host: func(context.Context, string) (runtime.Config, func(), error) {
		return runtime.Config{Predeclared: builtins.Predeclared()}, nil, nil
	}}
	b, _, err := pack.Dir(context.Background(), dir, pack.Options{Tests: tests})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(b.Ref(), b.Digest())
	// Output: acme/net@1.0.0 sha256:281fea7325ea6cd04631f4c174f249c9d7fa7de33a9f2803864b86b8d53960ea
}

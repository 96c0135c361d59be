package bundle_test

import (
	"fmt"
	"io/fs"
	"log"
	"os"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// A bundle is made of files, stored, locked, and loaded again.
func Example() {
	b, err := bundle.Build(
		bundle.Manifest{Name: "acme/net", Version: "1.0.0", Description: "Networks."},
		map[string][]byte{"ip.star": []byte("private = [\"10.0.0.0/8\"]\n")})
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "bundles")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store := bundle.NewStore(dir)
	if err := store.Put(b, nil); err != nil {
		log.Fatal(err)
	}
	var lock *bundle.Lock
	lock = lock.With(bundle.Requirement{Name: "acme/net", Version: "1.0.0", Digest: b.Digest()})

	loader := bundle.Loader{Store: store, Lock: lock}
	loaded, verdict, err := loader.Load("acme/net")
	if err != nil {
		log.Fatal(err)
	}
	text, err := fs.ReadFile(loaded.Files(), "ip.star")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(loaded.Ref(), verdict)
	fmt.Print(string(text))
	// Output:
	// acme/net@1.0.0 not signed
	// private = ["10.0.0.0/8"]
}

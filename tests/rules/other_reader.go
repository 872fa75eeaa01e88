// Reads what CrisisDesk signed and proved with Go's implementation of notes and logs, the one that
// the formats were first written down from. Answers "ok" or says what does not hold.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type given struct {
	Key       string
	Old, New  string
	Leaf      []byte
	Index     int64
	Path      [][]byte
	Growth    [][]byte
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(0)
	}
}

func hash(content []byte) (found tlog.Hash) {
	copy(found[:], content)
	return
}

func hashes(all [][]byte) (found []tlog.Hash) {
	for _, each := range all {
		found = append(found, hash(each))
	}
	return
}

func checkpoint(content, key string) (int64, tlog.Hash) {
	verifier, err := note.NewVerifier(key)
	must(err)
	opened, err := note.Open([]byte(content), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	return size, hash(root)
}

func main() {
	var g given
	must(json.NewDecoder(os.Stdin).Decode(&g))
	oldSize, oldRoot := checkpoint(g.Old, g.Key)
	size, root := checkpoint(g.New, g.Key)
	must(tlog.CheckRecord(hashes(g.Path), size, root, g.Index, tlog.RecordHash(g.Leaf)))
	must(tlog.CheckTree(hashes(g.Growth), size, root, oldSize, oldRoot))
	fmt.Println("ok")
}

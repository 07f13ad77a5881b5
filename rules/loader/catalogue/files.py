"""Findings about files and their YAML."""

from __future__ import annotations

from typing import Final

from rules.loader.catalogue.entry import Entry, error

FILES: Final[dict[str, Entry]] = {
    "file.missing": error(
        ("Não existe arquivo nem pasta aqui.", "There is no file or folder here."),
        ("Nada pôde ser lido.", "Nothing could be read."),
        ("Corrija o caminho.", "Correct the path."),
    ),
    "file.unreadable": error(
        ("O arquivo não pôde ser lido: {problem}.", "The file could not be read: {problem}."),
        (
            "Uma regra que não se lê não pode ser aplicada nem verificada.",
            "A rule that cannot be read can be neither applied nor checked.",
        ),
        ("Dê permissão de leitura ou retire o arquivo.", "Give read permission, or take the file away."),
    ),
    "file.no_packs": error(
        ("Não há pacote de regras nesta pasta.", "There is no rule pack in this folder."),
        (
            "Um pacote é uma pasta com pack.yml e os arquivos das regras.",
            "A pack is a folder with a pack.yml and the rule files.",
        ),
        (
            "Aponte para um pacote, para uma pasta de pacotes ou para um arquivo .yml.",
            "Point at a pack, at a folder of packs, or at one .yml file.",
        ),
    ),
    "file.unexpected": error(
        ("Nada lê um arquivo neste lugar.", "Nothing reads a file in this place."),
        ("Ele parece valer, mas seria ignorado.", "It looks as if it counted, but it would be ignored."),
        (
            "Regras ficam em <pacote>/, o resto em signals/, actions/ ou examples/ dele, com final .yml.",
            "Rules belong in <pack>/, the rest in its signals/, actions/ or examples/, ending in .yml.",
        ),
    ),
    "file.too_large": error(
        ("O arquivo tem {size} bytes; o limite é {limit}.", "The file has {size} bytes; the limit is {limit}."),
        ("Uma regra é um texto curto, que se lê em voz alta.", "A rule is a short text that can be read aloud."),
        ("Divida o arquivo.", "Split the file."),
    ),
    "file.not_utf8": error(
        ("O byte {offset} não é UTF-8.", "Byte {offset} is not UTF-8."),
        (
            "Em outra codificação os acentos chegariam trocados ao atendente.",
            "In another encoding the accents would reach the agent garbled.",
        ),
        ("Salve o arquivo como UTF-8.", "Save the file as UTF-8."),
    ),
    "file.control_character": error(
        (
            "Há um caractere de controle ({character}) no texto.",
            "There is a control character ({character}) in the text.",
        ),
        (
            "Não se vê no editor e muda o que é comparado; costuma indicar um arquivo binário.",
            "It cannot be seen in an editor and changes what is compared; it mostly means a binary file.",
        ),
        ("Apague o caractere.", "Delete the character."),
    ),
    "file.empty": error(
        ("O arquivo está vazio.", "The file is empty."),
        ("Um arquivo vazio não diz nada.", "An empty file says nothing."),
        ("Escreva o conteúdo ou apague o arquivo.", "Write its content, or delete the file."),
    ),
    "yaml.tab": error(
        ("Há uma tabulação.", "There is a tab."),
        ("YAML não aceita tabulações no recuo.", "YAML takes no tabs for indentation."),
        (
            "Use espaços; dentro de um texto escreva \\t entre aspas duplas.",
            "Use spaces; inside a text write \\t between double quotes.",
        ),
    ),
    "yaml.syntax": error(
        ("Isto não é YAML: {problem}.", "This is not YAML: {problem}."),
        ("O arquivo não pode ser lido a partir daqui.", "The file cannot be read from here on."),
        (
            "Confira o recuo, os dois-pontos e as aspas desta linha e da anterior.",
            "Check the indentation, the colons and the quotes of this line and the one before.",
        ),
    ),
    "yaml.duplicate_key": error(
        ("A chave {key} aparece duas vezes.", "The key {key} is given twice."),
        (
            "Só uma delas valeria, e não se veria qual (a primeira está na linha {first}).",
            "Only one of them would count, and nobody could see which (the first is on line {first}).",
        ),
        ("Apague uma delas.", "Delete one of them."),
    ),
    "yaml.anchor": error(
        ("Há uma âncora (&{name}).", "There is an anchor (&{name})."),
        ("Uma regra deve ser lida de cima a baixo, sem saltos.", "A rule is read from top to bottom, without jumps."),
        ("Escreva o valor por extenso.", "Write the value out."),
    ),
    "yaml.alias": error(
        ("Há uma referência (*{name}).", "There is an alias (*{name})."),
        ("Uma regra deve ser lida de cima a baixo, sem saltos.", "A rule is read from top to bottom, without jumps."),
        ("Escreva o valor por extenso.", "Write the value out."),
    ),
    "yaml.merge": error(
        ("Há uma chave de mesclagem (<<).", "There is a merge key (<<)."),
        ("Uma regra deve ser lida de cima a baixo, sem saltos.", "A rule is read from top to bottom, without jumps."),
        ("Escreva as chaves por extenso.", "Write the keys out."),
    ),
    "yaml.tag": error(
        ("Há um tipo explícito ({tag}).", "There is an explicit type ({tag})."),
        ("Os tipos vêm do vocabulário, não do arquivo.", "Types come from the vocabulary, not from the file."),
        ("Apague o tipo; para um texto use aspas.", "Delete the type; for a text use quotes."),
    ),
    "yaml.key_not_text": error(
        ("A chave {key} não é um nome.", "The key {key} is no name."),
        ("Só nomes são chaves.", "Only names are keys."),
        (
            "Escreva um nome do formato; se for mesmo um texto, use aspas.",
            "Write a name of the format; if it really is a text, use quotes.",
        ),
    ),
    "yaml.several_documents": error(
        ("O arquivo tem mais de um documento (---).", "The file holds more than one document (---)."),
        ("Um arquivo é uma regra, um sinal ou uma ação.", "One file is one rule, signal or action."),
        ("Ponha cada um no seu arquivo.", "Put each into a file of its own."),
    ),
    "yaml.too_deep": error(
        ("O aninhamento passa de {limit} níveis.", "The nesting goes deeper than {limit} levels."),
        ("Ninguém lê uma condição tão funda.", "Nobody reads a condition that deep."),
        ("Achate a estrutura.", "Flatten it."),
    ),
    "yaml.no_value": error(
        ("Não há valor depois de {key}.", "There is no value after {key}."),
        (
            "Um valor vazio não é o mesmo que um campo ausente.",
            "An empty value is not the same as a field that is absent.",
        ),
        ("Escreva o valor ou apague a linha.", "Write the value, or delete the line."),
    ),
    "yaml.number_too_long": error(
        ("O número tem {digits} algarismos.", "The number has {digits} digits."),
        ("Números assim perdem precisão ao comparar.", "Such numbers lose precision when compared."),
        (
            "Use até 15 algarismos; se for um código, ponha entre aspas.",
            "Use at most 15 digits; if it is a code, put it between quotes.",
        ),
    ),
}

<?php
require_once INCLUDE_DIR . 'class.plugin.php';
require_once INCLUDE_DIR . 'class.forms.php';

/** What the admin enters: where Sidecue is, which tenant this is, and the two secrets that `tenants add` printed. */
class SidecueConfig extends PluginConfig
{
    function getOptions()
    {
        return array(
            'url' => new TextboxField(array(
                'label' => self::say('Endereço do Sidecue', 'Address of Sidecue'),
                'hint' => 'https://sidecue.example.org',
                'required' => true,
                'configuration' => array('size' => 60, 'length' => 255),
            )),
            'tenant' => new TextboxField(array(
                'label' => self::say('Nome da instalação (tenant)', 'Name of the tenant'),
                'required' => true,
                'configuration' => array('size' => 40, 'length' => 64),
            )),
            'secret' => $this->hidden(
                'secret',
                self::say('Segredo', 'Secret'),
                self::say('Prova ao Sidecue que a entrega é sua', 'Proves to Sidecue that a delivery is yours')
            ),
            'sidebar_key' => $this->hidden(
                'sidebar_key',
                self::say('Chave da barra lateral', 'Sidebar key'),
                self::say('Assina o link da página; vazia, não há link', 'Signs the link to the page; empty: no link'),
                false
            ),
        );
    }

    function pre_save(&$config, &$errors)
    {
        // The secret travels with every delivery: in the clear only to this machine itself.
        if (!preg_match('~^(https://|http://(localhost|127\.0\.0\.1)(:\d+)?(/|$))~', (string) $config['url'])) {
            $errors['err'] = self::say(
                'O endereço do Sidecue precisa começar com https://',
                'The address of Sidecue has to begin with https://'
            );
            return false;
        }
        return true;
    }

    private function hidden($name, $label, $hint, $required = true)
    {
        return new PasswordField(array(
            'widget' => 'PasswordWidget',
            'label' => $label,
            'hint' => $hint,
            'required' => $required && !$this->get($name),
            'validator' => 'noop', // the policy for people's passwords is not for keys
            'configuration' => array('size' => 60, 'length' => 255),
        ));
    }

    private static function say($portuguese, $english)
    {
        $language = class_exists('Internationalization') ? Internationalization::getCurrentLanguage() : 'en';
        return strncasecmp((string) $language, 'pt', 2) === 0 ? $portuguese : $english;
    }
}
